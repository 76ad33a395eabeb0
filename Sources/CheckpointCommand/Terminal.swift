package import Checkpoint
internal import SystemPackage

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// All that a subcommand knows of the world outside files: where results and messages go, how wide
/// lines may be, what time it is. Tests give their own.
package struct Terminal: Sendable {
  /// Where results go.
  package var output: any TextOutput
  /// Where messages go.
  package var messages: any TextOutput
  /// Columns of the terminal that shows the results; nil if none does.
  package var outputWidth: Int?
  /// Columns of the terminal that shows the messages; nil if none does.
  package var messagesWidth: Int?
  /// Whether results are coloured.
  package var usesColor: Bool
  /// The time of day.
  package var now: @Sendable () -> Timestamp
  /// Seconds since some moment; never set back.
  package var uptimeSeconds: @Sendable () -> Double
  /// Asks a person a question that is answered by yes or no; nil where nobody is there.
  package var ask: (@Sendable (String) -> Bool)?

  /// One of its own.
  package init(
    output: any TextOutput, messages: any TextOutput, outputWidth: Int? = nil,
    messagesWidth: Int? = nil, usesColor: Bool = false,
    now: @escaping @Sendable () -> Timestamp = { .now },
    uptimeSeconds: @escaping @Sendable () -> Double = { 0 },
    ask: (@Sendable (String) -> Bool)? = nil
  ) {
    self.output = output
    self.messages = messages
    self.outputWidth = outputWidth
    self.messagesWidth = messagesWidth
    self.usesColor = usesColor
    self.now = now
    self.uptimeSeconds = uptimeSeconds
    self.ask = ask
  }

  /// That of the process. No colour with `NO_COLOR` (no-color.org) or on a terminal that has none.
  package static func ofProcess() -> Terminal {
    let width = columns(of: STDOUT_FILENO)
    let isPlain = variable("NO_COLOR") != nil || variable("TERM") == "dumb"
    let start = ContinuousClock.now
    return Terminal(
      output: DescriptorOutput(.standardOutput, isBuffered: true),
      messages: DescriptorOutput(.standardError, isBuffered: false),
      outputWidth: width, messagesWidth: columns(of: STDERR_FILENO),
      usesColor: width != nil && !isPlain,
      uptimeSeconds: { (ContinuousClock.now - start) / .seconds(1) }, ask: question())
  }

  /// Asks on the error output and reads a line, if a terminal is at both ends.
  private static func question() -> (@Sendable (String) -> Bool)? {
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return nil }
    return { text in
      try? DescriptorOutput(.standardError, isBuffered: false).write(text)
      return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
  }

  private static func columns(of descriptor: Int32) -> Int? {
    guard isatty(descriptor) == 1 else { return nil }
    var size = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return variable("COLUMNS").flatMap { Int($0) } ?? 80
  }

  /// An environment variable that is set and not empty.
  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  // MARK: Results

  /// A line of the result.
  package func print(_ line: String = "") throws(OutputError) {
    try output.write(line + "\n")
  }

  /// The result as JSON: one line for programs, many for people.
  package func print(_ json: JSONValue) throws(OutputError) {
    try output.write(json.text(pretty: outputWidth != nil).escapingNonASCIIControls + "\n")
  }

  /// The result as JSON with a last member that is an array of many elements: they are made one by one, and never
  /// all in memory.
  func print(
    _ object: JSONObject, _ lastKey: String, of elements: some Sequence<JSONValue>
  ) throws(OutputError) {
    let isPretty = outputWidth != nil
    var frame = object
    frame[lastKey] = []
    let end = isPretty ? "]\n}" : "]}"
    let text = JSONValue.object(frame).text(pretty: isPretty).dropLast(end.count)
    try output.write(String(text).escapingNonASCIIControls)
    var isEmpty = true
    for element in elements {
      let separator = isEmpty ? "" : ","
      isEmpty = false
      try output.write(separator + (isPretty ? "\n    " : ""))
      try output.write(element.text(pretty: isPretty, indent: 2).escapingNonASCIIControls)
    }
    try output.write((isPretty && !isEmpty ? "\n  " : "") + end + "\n")
  }

  /// The text, in that style where results are coloured.
  package func styled(_ text: String, _ style: Style) -> String {
    guard usesColor, style != .plain, !text.isEmpty else { return text }
    return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
  }

  // MARK: Messages

  /// A line for people, beside the result and after what there is of it. What can't be said is no
  /// reason to stop.
  /// - Throws: `OutputError` if the result can't be written.
  package func note(_ line: String) throws(OutputError) {
    try output.flush()
    try? messages.write("ckpt: " + line + "\n")
  }
}
