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

  // Text is read by scalars: a name that begins with a combining mark makes one character with the
  // separator before it.
  private static let special: Set<Unicode.Scalar> = [",", ":", "\"", "\\", "="]

  /// A name as it stands in a policy's text.
  static func quoted(_ name: String) -> String {
    let scalars = name.unicodeScalars
    guard scalars.contains(where: { special.contains($0) || $0.properties.isWhitespace }) else {
      return name
    }
    var text = String.UnicodeScalarView("\"".unicodeScalars)
    for scalar in scalars {
      if scalar == "\"" || scalar == "\\" { text.append("\\") }
      text.append(scalar)
    }
    text.append("\"")
    return String(text)
  }

  /// The terms of a policy's text. Spaces around terms are allowed, empty terms are not, unless there is
  /// nothing else.
  static func terms(of text: String) throws(PolicyError) -> [PolicyTerm] {
    guard !text.trimmed.isEmpty else { return [] }
    return try split(text, at: ",").map { (part) throws(PolicyError) in
      try PolicyTerm(part.trimmed)
    }
  }

  private init(_ text: String) throws(PolicyError) {
    guard !text.isEmpty else {
      throw PolicyError("a term of the policy is empty", advice: "write terms such as last=5,first")
    }
    self.text = text
    let scalars = text.unicodeScalars
    guard let equals = scalars.firstIndex(of: "=") else {
      key = text.lowercased()
      values = []
      return
    }
    key = String(scalars[..<equals]).trimmed.lowercased()
    let parts = try PolicyTerm.split(String(scalars[scalars.index(after: equals)...]), at: ":")
    values = try parts.map { (part) throws(PolicyError) in try PolicyTerm.unquoted(part.trimmed) }
  }

  /// Splits where the separator stands outside quotes.
  private static func split(
    _ text: String, at separator: Unicode.Scalar
  ) throws(PolicyError) -> [String] {
    var parts = [String.UnicodeScalarView()]
    var isQuoted = false
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if isQuoted, !isEscaped, scalar == "\\" {
        isEscaped = true
      } else {
        if scalar == "\"", !isEscaped { isQuoted.toggle() }
        isEscaped = false
        if scalar == separator, !isQuoted {
          parts.append(String.UnicodeScalarView())
          continue
        }
      }
      parts[parts.count - 1].append(scalar)
    }
    guard !isQuoted else { throw PolicyError("a quotation mark is not closed", item: text) }
    return parts.map { String($0) }
  }

  private static func unquoted(_ text: String) throws(PolicyError) -> String {
    let scalars = text.unicodeScalars
    guard scalars.contains("\"") else { return text }
    guard scalars.count >= 2, scalars.first == "\"", scalars.last == "\"" else {
      throw PolicyError("quotation marks go around a whole name", item: text)
    }
    var name = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in scalars.dropFirst().dropLast() {
      if scalar == "\\", !isEscaped {
        isEscaped = true
      } else if scalar == "\"", !isEscaped {
        throw PolicyError("quotation marks go around a whole name", item: text)
      } else {
        name.append(scalar)
        isEscaped = false
      }
    }
    return String(name)
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

  private func number<Number: FixedWidthInteger>(_ place: Int) throws(PolicyError) -> Number {
    guard values.indices.contains(place), values[place].allSatisfy({ $0.isASCII && $0.isNumber }),
      let number = Number(values[place])
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
        factor: try number(1), minimumSeconds: try seconds(2),
        maximumSeconds: try seconds(3))
    default: throw malformed
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    let scalars = unicodeScalars.drop { $0.properties.isWhitespace }
    let end = scalars.lastIndex { !$0.properties.isWhitespace }
    return String(scalars[..<(end.map(scalars.index(after:)) ?? scalars.startIndex)])
  }
}
