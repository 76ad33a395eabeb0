/// What becomes of each checkpoint of an inventory, and why. A value that follows from policy and
/// inventory alone: the same for any order of the entries, whatever the clock says.
public struct RetentionPlan: Sendable, Hashable {
  /// The policy that was planned by.
  public let policy: RetentionPolicy
  /// The inventory's entries in the order of saves.
  public let entries: [InventoryEntry]
  /// The run that was planned for.
  public let runID: UInt128
  /// Free bytes of the disk beforehand, if they are known.
  public let freeBytes: UInt64?
  /// The time of planning, as it was given.
  public let nowNanoseconds: Int64
  /// Limits that can't be met.
  public internal(set) var shortfalls: [RetentionShortfall] = []

  /// Of each entry what becomes of it.
  var fates: [Fate]
  /// Of each rule the rank of each entry; 0 for none.
  var ranks: [[Int32]]
  /// Of each rule the entry on the last rank that it keeps, if all are taken.
  var cutoffs: [Int?]
  /// What keeps an entry beside rules.
  var protections: [Protection]

  /// An entry's verdict, in a byte.
  enum Fate: UInt8, Sendable, Hashable {
    case kept, unkept, nonFinite, limited
    case unreadable, otherRun, foreign, copy
  }

  /// What keeps an entry, rules or not.
  struct Protection: OptionSet, Sendable, Hashable {
    let rawValue: UInt8
    static let newest = Protection(rawValue: 1)
    static let newestHealthy = Protection(rawValue: 2)
    static let best = Protection(rawValue: 4)
    static let pinned = Protection(rawValue: 8)
    static let pending = Protection(rawValue: 16)
    static let copied = Protection(rawValue: 32)
  }

  // MARK: Decisions

  /// Whether the entry of that index goes.
  public func removes(_ index: Int) -> Bool {
    switch fates[index] {
    case .unkept, .nonFinite, .limited: true
    case .kept, .unreadable, .otherRun, .foreign, .copy: false
    }
  }

  /// The indices of the entries that go.
  public var removedIndices: [Int] { entries.indices.filter(removes) }

  /// How many checkpoints go.
  public var removedCount: Int { entries.indices.count(where: removes) }

  /// The indices of the best entries by the metrics that the policy tracks: they never go.
  public var bestIndices: [Int] { entries.indices.filter { protections[$0].contains(.best) } }

  /// How many checkpoints could have gone: those that are retention's to decide on.
  public var decidedCount: Int { fates.count(where: \.isRetentions) }

  /// How many bytes that frees.
  public var removedBytes: UInt64 { bytes(where: removes) }

  /// How many bytes stay, those that are not retention's to remove included.
  public var keptBytes: UInt64 { bytes { !removes($0) } }

  /// What becomes of the entry of that index, and why. O(rules).
  public func decision(at index: Int) -> RetentionDecision {
    switch fates[index] {
    case .kept: .keep(keepReasons(at: index))
    case .unkept: .remove(.noRule, nearMisses: nearMisses(at: index))
    case .nonFinite: .remove(.nonFinite, nearMisses: [])
    case .limited:
      .remove(
        strongestClaim(at: index).map { .limits(rule: $0.rule, rank: $0.rank) } ?? .noRule,
        nearMisses: nearMisses(at: index))
    case .unreadable: .blocked(.unreadable)
    case .otherRun: .blocked(.otherRun)
    case .foreign: .blocked(.foreign)
    case .copy: .blocked(.copy)
    }
  }

  /// The decisions on all entries, in their order.
  public var decisions: [RetentionDecision] { entries.indices.map(decision) }

  /// The entries whose recorded time lies after the time of planning: some clock was wrong. Rules of
  /// time take it as it is; the order of saves doesn't depend on it.
  public var entriesAhead: [InventoryEntry] {
    entries.filter { $0.condition != .unreadable && $0.timeNanoseconds > nowNanoseconds }
  }

  private func keepReasons(at index: Int) -> [KeepReason] {
    let protection = protections[index]
    let entry = entries[index]
    var reasons: [KeepReason] = []
    if protection.contains(.newest) { reasons.append(.newest) }
    if protection.contains(.newestHealthy), !protection.contains(.newest) {
      reasons.append(.newestHealthy)
    }
    if protection.contains(.pinned) { reasons.append(.pinned) }
    for (rule, metric, _) in policy.bestRules {
      let alias = MetricName.alias(of: metric)
      var ofMetric: [KeepReason] = []
      if ranks[rule][index] == 1, let value = entry.value(of: metric, alias: alias) {
        ofMetric.append(.best(metric: metric, value: value))
      }
      if entry.isPending(metric, alias: alias) { ofMetric.append(.pending(metric: metric)) }
      // Two rules may track one metric.
      reasons += ofMetric.filter { !reasons.contains($0) }
    }
    for rule in policy.rules.indices where isKept(index, by: rule) {
      reasons.append(.rule(rule, rank: Int(ranks[rule][index])))
    }
    return reasons
  }

  private func nearMisses(at index: Int) -> [NearMiss] {
    policy.rules.indices.compactMap { rule in
      let rank = Int(ranks[rule][index])
      return rank > 0 ? NearMiss(rule: rule, rank: rank) : nil
    }
  }

  /// Whether a rule keeps an entry, limits aside.
  func isKept(_ index: Int, by rule: Int) -> Bool {
    let rank = ranks[rule][index]
    guard rank > 0 else { return false }
    return policy.rules[rule].quota.map { rank <= $0 } ?? true
  }

  private func bytes(where isCounted: (Int) -> Bool) -> UInt64 {
    entries.indices.reduce(into: UInt64(0)) { sum, index in
      if isCounted(index) { sum.addSaturating(entries[index].sizeBytes) }
    }
  }
}

extension RetentionPolicy {
  /// The rules that rank by a metric, with their indices.
  var bestRules: [(rule: Int, metric: String, mode: MetricMode)] {
    rules.enumerated().compactMap { number, rule in
      if case .best(_, let metric, let mode) = rule { (number, metric, mode) } else { nil }
    }
  }
}

extension InventoryEntry {
  func isPending(_ metric: String, alias: String?) -> Bool {
    !pendingMetrics.isEmpty
      && (pendingMetrics.contains(metric) || alias.map(pendingMetrics.contains) == true)
  }
}

extension UInt64 {
  /// Adds, or stops at the largest number: sizes come from files' metadata.
  mutating func addSaturating(_ other: UInt64) {
    let (sum, overflow) = addingReportingOverflow(other)
    self = overflow ? .max : sum
  }
}
