/// What is kept of a run's checkpoints, and how often it saves: rules of which any keeps, and limits
/// that take from what the rules keep.
///
/// ```swift
/// let policy = try RetentionPolicy("last=5,best=5:val_acc:max,thin=1h:4,first,max-bytes=200GiB")
/// let policy = try RetentionPolicy([.last(5), .first(1)], limits: [.bytes(200 << 30)])
/// let policy = try RetentionPolicy.long(monitor: "val_acc")
/// ```
///
/// A policy without a rule is an error. The order of the rules matters to limits only: see
/// `RetentionLimit`.
public struct RetentionPolicy: Sendable, Hashable {
  /// What keeps a checkpoint.
  public let rules: [KeepRule]
  /// What may stay at most; one of each kind.
  public let limits: [RetentionLimit]
  /// How often to save; nil leaves that to the training program.
  public let cadence: SaveCadence?

  /// A policy of these rules and limits. A metric's mode `auto` is resolved by its name.
  /// - Throws: `PolicyError` if there is no rule, if a number is out of range, if something comes
  ///   twice, if a mode can't be told.
  public init(
    _ rules: [KeepRule], limits: [RetentionLimit] = [], cadence: SaveCadence? = nil
  ) throws(PolicyError) {
    guard !rules.isEmpty else {
      throw PolicyError(
        "the policy keeps nothing",
        advice: "give a rule such as last=5, or all to keep what limits allow")
    }
    self.rules = rules.map(RetentionPolicy.resolved)
    self.limits = limits
    self.cadence = cadence
    for (number, rule) in self.rules.enumerated() {
      try rule.check()
      if self.rules[..<number].contains(rule) {
        throw PolicyError("the rule comes twice", item: rule.text)
      }
    }
    for (number, limit) in limits.enumerated() {
      try limit.check()
      if limits[..<number].contains(where: limit.isSameKind) {
        throw PolicyError("there is such a limit already", item: limit.text)
      }
    }
    try cadence?.check()
  }

  private static func resolved(_ rule: KeepRule) -> KeepRule {
    guard case .best(let count, let metric, .auto) = rule,
      let mode = MetricMode.auto.resolution(for: metric)
    else { return rule }
    return .best(count, metric: metric, mode: mode)
  }

  /// The metrics whose best checkpoint never goes.
  public var trackedMetrics: [(name: String, mode: MetricMode)] {
    rules.compactMap { rule in
      if case .best(_, let metric, let mode) = rule { (metric, mode) } else { nil }
    }
  }

  /// The same with a rule in place of those of its kind, or after all others.
  /// - Throws: as the initializer.
  public func setting(_ rule: KeepRule) throws(PolicyError) -> RetentionPolicy {
    let place = rules.firstIndex { $0.isSameKind(as: rule) } ?? rules.count
    var rules = rules.filter { !$0.isSameKind(as: rule) }
    rules.insert(rule, at: min(place, rules.count))
    return try RetentionPolicy(rules, limits: limits, cadence: cadence)
  }

  /// The same with a limit in place of that of its kind, or after all others.
  /// - Throws: as the initializer.
  public func setting(_ limit: RetentionLimit) throws(PolicyError) -> RetentionPolicy {
    let place = limits.firstIndex { $0.isSameKind(as: limit) } ?? limits.count
    var limits = limits.filter { !$0.isSameKind(as: limit) }
    limits.insert(limit, at: place)
    return try RetentionPolicy(rules, limits: limits, cadence: cadence)
  }

  // MARK: Near misses

  private init(
    unchecked rules: [KeepRule], _ limits: [RetentionLimit], _ cadence: SaveCadence?
  ) {
    self.rules = rules
    self.limits = limits
    self.cadence = cadence
  }

  /// The same with another quota for a rule. If another rule is the same then, the later one goes: it
  /// says nothing more.
  func replacing(rule number: Int, with quota: Int?) -> RetentionPolicy {
    guard let quota else { return self }
    var rules = rules
    let changed = rules[number].with(quota: quota)
    rules[number] = changed
    if let twin = rules.lastIndex(of: changed), rules.firstIndex(of: changed) != twin {
      rules.remove(at: twin)
    }
    return RetentionPolicy(unchecked: rules, limits, cadence)
  }

  /// The same with other limits.
  func replacing(limits: [RetentionLimit]) -> RetentionPolicy {
    RetentionPolicy(unchecked: rules, limits, cadence)
  }
}
