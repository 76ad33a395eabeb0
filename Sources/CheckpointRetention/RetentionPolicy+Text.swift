/// The text form, for command lines and configuration files: terms separated by commas.
///
///     last=5  best=5:val_acc:max  first  first=2  every=1000steps  every=5epochs  every=30min
///     hourly=24  daily=7  weekly=4  thin=1h:4  tag=final  tag=final:1  all
///     max-count=10  max-bytes=200GiB  min-free=50GB
///     save=epoch:30s  save=epochs:15min  save=cost:100:30min:2h
///
/// Names that contain `,`, `:`, `"`, `\` or spaces stand in double quotes, with `\"` and `\\` in them.
extension RetentionPolicy {
  /// From the text form; `policy == RetentionPolicy(policy.text)` for every policy.
  /// - Throws: `PolicyError` that names the term.
  public init(_ text: String) throws(PolicyError) {
    var rules: [KeepRule] = []
    var limits: [RetentionLimit] = []
    var cadence: SaveCadence?
    for term in try PolicyTerm.terms(of: text) {
      switch try term.meaning() {
      case .rule(let rule): rules.append(rule)
      case .limit(let limit): limits.append(limit)
      case .cadence(let new):
        guard cadence == nil else {
          throw PolicyError("there is such a term already", item: term.text)
        }
        cadence = new
      }
    }
    try self.init(rules, limits: limits, cadence: cadence)
  }

  /// The text form.
  public var text: String {
    retentionText + (cadence.map { ",\($0.text)" } ?? "")
  }

  /// The same without the cadence.
  package var retentionText: String {
    (rules.map(\.text) + limits.map(\.text)).joined(separator: ",")
  }
}

extension RetentionPolicy: CustomStringConvertible {
  /// The text form.
  public var description: String { text }
}

extension KeepRule {
  /// The rule's term in a policy's text.
  public var text: String {
    switch self {
    case .last(let count): "last=\(count)"
    case .best(let count, let metric, let mode):
      "best=\(count):\(PolicyTerm.quoted(metric)):\(mode.rawValue)"
    case .first(1): "first"
    case .first(let count): "first=\(count)"
    case .every(let interval): "every=\(interval.text)"
    case .recent(let count, let period): "\(period.rawValue)=\(count)"
    case .thinning(let interval, let count): "thin=\(interval.text):\(count)"
    case .tagged(let tag, let count):
      "tag=\(PolicyTerm.quoted(tag))\(count.map { ":\($0)" } ?? "")"
    case .all: "all"
    }
  }
}

extension RetentionLimit {
  /// The limit's term in a policy's text.
  public var text: String {
    switch self {
    case .count(let count): "max-count=\(count)"
    case .bytes(let bytes): "max-bytes=\(ByteCount.text(bytes))"
    case .freeBytes(let bytes): "min-free=\(ByteCount.text(bytes))"
    }
  }
}

extension SaveCadence {
  /// The cadence's term in a policy's text.
  public var text: String {
    switch self {
    case .everyEpoch(let minimum): "save=epoch:\(Seconds.text(minimum))"
    case .epochs(let interval): "save=epochs:\(Seconds.text(interval))"
    case .cost(let factor, let minimum, let maximum):
      "save=cost:\(factor):\(Seconds.text(minimum)):\(Seconds.text(maximum))"
    }
  }
}

extension Interval {
  /// Such as `1000steps`, `5epochs`, `1h`.
  public var text: String {
    switch axis {
    case .steps: "\(length)steps"
    case .epochs: "\(length)epochs"
    case .seconds: Seconds.text(length)
    }
  }

  /// From the text form.
  init?(_ text: String) {
    for (ending, axis) in [
      ("steps", Axis.steps), ("epochs", .epochs), ("step", .steps), ("epoch", .epochs),
    ]
    where text.hasSuffix(ending) {
      let figures = text.dropLast(ending.count).filter { $0 != " " }
      guard figures.allSatisfy(\.isNumber), let length = UInt64(figures) else { return nil }
      self.init(length, axis)
      return
    }
    guard let seconds = Seconds.parse(text) else { return nil }
    self.init(seconds, .seconds)
  }
}
