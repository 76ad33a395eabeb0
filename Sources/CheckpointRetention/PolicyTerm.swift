/// One term of a policy's text: a key, and after `=` values separated by colons.
struct PolicyTerm {
  /// What a term says.
  enum Meaning {
    case rule(KeepRule)
    case limit(RetentionLimit)
    case cadence(SaveCadence)
  }

  /// As it stands in the policy.
  let text: String
  private let key: String
  /// Without their quotes.
  private let values: [String]

  private static let special: Set<Character> = [",", ":", "\"", "\\", "="]

  /// A name as it stands in a policy's text.
  static func quoted(_ name: String) -> String {
    guard name.contains(where: { special.contains($0) || $0.isWhitespace }) else { return name }
    let escaped = name.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
    return "\"" + String(escaped) + "\""
  }

  /// The terms of a policy's text. Spaces around terms are allowed, empty terms are not, unless there is
  /// nothing else.
  static func terms(of text: String) throws(PolicyError) -> [PolicyTerm] {
    guard text.contains(where: { !$0.isWhitespace }) else { return [] }
    return try split(text, at: ",").map { (part) throws(PolicyError) in
      try PolicyTerm(part.trimmed)
    }
  }

  private init(_ text: String) throws(PolicyError) {
    guard !text.isEmpty else {
      throw PolicyError("a term of the policy is empty", advice: "write terms such as last=5,first")
    }
    self.text = text
    guard let equals = text.firstIndex(of: "=") else {
      key = text.lowercased()
      values = []
      return
    }
    key = String(text[..<equals]).trimmed.lowercased()
    let parts = try PolicyTerm.split(String(text[text.index(after: equals)...]), at: ":")
    values = try parts.map { (part) throws(PolicyError) in try PolicyTerm.unquoted(part.trimmed) }
  }

  /// Splits where the separator stands outside quotes.
  private static func split(
    _ text: String, at separator: Character
  ) throws(PolicyError) -> [String] {
    var parts = [""]
    var isQuoted = false
    var isEscaped = false
    for character in text {
      if isQuoted, !isEscaped, character == "\\" {
        isEscaped = true
      } else {
        if character == "\"", !isEscaped { isQuoted.toggle() }
        isEscaped = false
        if character == separator, !isQuoted {
          parts.append("")
          continue
        }
      }
      parts[parts.count - 1].append(character)
    }
    guard !isQuoted else { throw PolicyError("a quotation mark is not closed", item: text) }
    return parts
  }

  private static func unquoted(_ text: String) throws(PolicyError) -> String {
    guard text.contains("\"") else { return text }
    guard text.count >= 2, text.first == "\"", text.last == "\"" else {
      throw PolicyError("quotation marks go around a whole name", item: text)
    }
    var name = ""
    var isEscaped = false
    for character in text.dropFirst().dropLast() {
      if character == "\\", !isEscaped {
        isEscaped = true
      } else if character == "\"", !isEscaped {
        throw PolicyError("quotation marks go around a whole name", item: text)
      } else {
        name.append(character)
        isEscaped = false
      }
    }
    return name
  }

  // MARK: Meaning

  /// What the term says.
  func meaning() throws(PolicyError) -> Meaning {
    switch key {
    case "last": return .rule(.last(try count(of: 1)))
    case "first": return .rule(.first(values.isEmpty ? 1 : try count(of: 1)))
    case "best": return .rule(try best())
    case "every": return .rule(.every(try interval(of: 1)))
    case "hourly", "daily", "weekly":
      guard let period = CalendarPeriod(rawValue: key) else { break }
      return .rule(.recent(try count(of: 1), period))
    case "thin":
      return .rule(.thinning(try interval(of: 2), count: try number(1)))
    case "tag":
      guard (1...2).contains(values.count) else { throw malformed }
      return .rule(.tagged(values[0], count: values.count == 2 ? try number(1) : nil))
    case "all":
      guard values.isEmpty else { throw malformed }
      return .rule(.all)
    case "max-count": return .limit(.count(try count(of: 1)))
    case "max-bytes": return .limit(.bytes(try bytes()))
    case "min-free": return .limit(.freeBytes(try bytes()))
    case "save": return .cadence(try cadence())
    default: break
    }
    throw PolicyError(
      "there is no such term", item: text,
      advice: "there are \(PolicyTerm.forms.map(\.key).joined(separator: ", "))")
  }

  /// The terms that there are, each with an example.
  static let forms: [(key: String, example: String)] = [
    ("last", "last=5"), ("best", "best=5:val_acc:max"), ("first", "first=1"),
    ("every", "every=1000steps, every=5epochs or every=1h"), ("hourly", "hourly=24"),
    ("daily", "daily=7"), ("weekly", "weekly=4"), ("thin", "thin=1h:4"), ("tag", "tag=final"),
    ("all", "all"), ("max-count", "max-count=10"), ("max-bytes", "max-bytes=200GiB"),
    ("min-free", "min-free=50GiB"),
    ("save", "save=epoch:30s, save=epochs:15min or save=cost:100:30min:2h"),
  ]

  private var malformed: PolicyError {
    let example = PolicyTerm.forms.first { $0.key == key }?.example
    return PolicyError(
      "the term can't be read", item: text, advice: example.map { "write it as in \($0)" })
  }

  private func count(of valueCount: Int) throws(PolicyError) -> Int {
    guard values.count == valueCount else { throw malformed }
    return try number(0)
  }

  private func number(_ place: Int) throws(PolicyError) -> Int {
    guard values.indices.contains(place), values[place].allSatisfy({ $0.isASCII && $0.isNumber }),
      let number = Int(values[place])
    else { throw malformed }
    return number
  }

  private func seconds(_ place: Int) throws(PolicyError) -> UInt64 {
    guard values.indices.contains(place), let seconds = Seconds.parse(values[place]) else {
      throw malformed
    }
    return seconds
  }

  private func interval(of valueCount: Int) throws(PolicyError) -> Interval {
    guard values.count == valueCount, let interval = Interval(values[0]) else { throw malformed }
    return interval
  }

  private func bytes() throws(PolicyError) -> UInt64 {
    guard values.count == 1, let bytes = ByteCount.parse(values[0]) else { throw malformed }
    return bytes
  }

  private func best() throws(PolicyError) -> KeepRule {
    guard (2...3).contains(values.count) else { throw malformed }
    guard let mode = values.count == 3 ? MetricMode(rawValue: values[2]) : .auto else {
      throw malformed
    }
    return .best(try number(0), metric: values[1], mode: mode)
  }

  private func cadence() throws(PolicyError) -> SaveCadence {
    switch (values.first, values.count) {
    case ("epoch", 1): return .everyEpoch(minimumIntervalSeconds: 0)
    case ("epoch", 2): return .everyEpoch(minimumIntervalSeconds: try seconds(1))
    case ("epochs", 2): return .epochs(intervalSeconds: try seconds(1))
    case ("cost", 4):
      return .cost(
        factor: UInt64(try number(1)), minimumSeconds: try seconds(2),
        maximumSeconds: try seconds(3))
    default: throw malformed
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
