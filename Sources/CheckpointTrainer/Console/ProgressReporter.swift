/// Writes an epoch's lines as Keras 3 does: header, bar, final line.
struct ProgressReporter {
  let console: Console
  let verbosity: Verbosity
  let stepCount: Int
  private var startSeconds = 0.0
  private var firstStep = 0
  private var lastDrawnSeconds = -Double.infinity
  private var drawnWidth = 0

  private static let barWidth = 20
  /// A bar drawn more often can't be seen.
  private static let redrawSeconds = 0.05

  init(console: Console, verbosity: Verbosity, stepCount: Int) {
    self.console = console
    self.verbosity =
      verbosity == .automatic ? (console.isTerminal ? .bar : .lines) : verbosity
    self.stepCount = stepCount
  }

  /// The epoch's header; with `step` the first one that this process makes.
  mutating func beginEpoch(_ epoch: Int, of epochs: Int, step: Int) {
    startSeconds = console.seconds()
    firstStep = step
    lastDrawnSeconds = -.infinity
    drawnWidth = 0
    if verbosity != .silent { console.write("Epoch \(epoch + 1)/\(epochs)\n") }
  }

  /// Whether anything is ever shown of a step.
  var showsSteps: Bool { verbosity == .bar && console.isTerminal }

  /// After a step: redraws the bar.
  mutating func endStep(_ step: Int, logs: Logs) {
    guard showsSteps, step < stepCount else { return }
    let now = console.seconds()
    guard now - lastDrawnSeconds >= ProgressReporter.redrawSeconds else { return }
    lastDrawnSeconds = now
    let perStep = secondsPerStep(at: step, now: now)
    let left = ProgressReporter.clockTime(perStep * Double(stepCount - step))
    let full = ProgressReporter.barWidth * step / stepCount
    let bar =
      "\u{1b}[32m" + ProgressReporter.bar(full) + "\u{1b}[0m\u{1b}[37m"
      + ProgressReporter.bar(ProgressReporter.barWidth - full) + "\u{1b}[0m"
    redraw(
      "\u{1b}[1m\(count(step))\u{1b}[0m \(bar) \u{1b}[1m\(left)\u{1b}[0m "
        + ProgressReporter.duration(perStep) + "/step" + ProgressReporter.text(logs))
  }

  /// Leaves the bar as it is: the epoch stops here.
  mutating func breakLine() {
    if drawnWidth > 0 { console.write("\n") }
    drawnWidth = 0
  }

  /// The epoch's final line, after the callbacks.
  mutating func endEpoch(logs: Logs) {
    guard verbosity != .silent else { return }
    let now = console.seconds()
    let seconds = now - startSeconds
    let perStep = ProgressReporter.duration(secondsPerStep(at: stepCount, now: now))
    switch verbosity {
    case .bar:
      let line =
        "\(count(stepCount)) \(ProgressReporter.bar(ProgressReporter.barWidth)) "
        + "\(Int(seconds))s \(perStep)/step" + ProgressReporter.text(logs)
      if console.isTerminal {
        redraw(line)
        console.write("\n")
      } else {
        console.write(line + "\n")
      }
    default:
      console.write(
        "\(stepCount)/\(stepCount) - \(Int(seconds))s - \(perStep)/step"
          + ProgressReporter.text(logs) + "\n")
    }
  }

  private func secondsPerStep(at step: Int, now: Double) -> Double {
    let made = step - firstStep
    return made > 0 ? (now - startSeconds) / Double(made) : 0
  }

  private func count(_ step: Int) -> String {
    "\(step)".padded(to: "\(stepCount)".count, right: true) + "/\(stepCount)"
  }

  /// Overwrites the line; spaces cover what a longer one before left.
  private mutating func redraw(_ line: String) {
    console.write("\r" + line.padded(to: drawnWidth))
    drawnWidth = line.count
  }

  private static func bar(_ width: Int) -> String { String(repeating: "━", count: width) }

  /// " - accuracy: 0.9120 - loss: 3.1200e-04": four digits, or an exponent up to 0.001.
  static func text(_ logs: Logs) -> String {
    logs.entries.map { entry in
      let conversion: Character = abs(entry.value) > 1e-3 || entry.value.isNaN ? "f" : "e"
      return " - \(entry.name): \(formatted(entry.value, conversion, precision: 4))"
    }.joined()
  }

  /// "2s" from a second, "16ms" from a millisecond, else "93us".
  static func duration(_ seconds: Double) -> String {
    if seconds >= 1 { return formatted(seconds, "f", precision: 0) + "s" }
    if seconds >= 1e-3 { return formatted(seconds * 1e3, "f", precision: 0) + "ms" }
    return formatted(seconds * 1e6, "f", precision: 0) + "us"
  }

  /// "45s", "1:09", "1:02:03".
  static func clockTime(_ seconds: Double) -> String {
    let total = Int(min(max(seconds, 0), 1e9))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if total >= 3600 { return "\(total / 3600):\(two(total / 60 % 60)):\(two(total % 60))" }
    return total >= 60 ? "\(total / 60):\(two(total % 60))" : "\(total)s"
  }
}
