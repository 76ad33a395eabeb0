/// How a checkpoint stands with a rule, in all detail: what `ckpt prune --why` tells.
public struct RuleStanding: Sendable, Hashable {
  /// Why a rule doesn't rank a checkpoint.
  public enum Hindrance: Sendable, Hashable {
    /// It is not retention's to remove, or has NaN or infinite weights: rules don't count it.
    case notCounted
    /// It has no value of the metric.
    case noValue
    /// Its value of the metric is NaN or infinite.
    case valueNotFinite(Double)
    /// It doesn't say which step or epoch it is of.
    case noPosition
    /// Another checkpoint of that name stands for the cell that it is in.
    case standsBehind(String)
    /// It doesn't have the tag.
    case notTagged
  }

  /// The rule.
  public var rule: KeepRule
  /// The smallest quota with which the rule would keep it; nil if it wouldn't with any.
  public var rank: Int?
  /// Whether the rule keeps it.
  public var isKept: Bool
  /// Its value of the metric, for rules that rank by one.
  public var value: Double?
  /// The last one that the rule keeps, if its quota is used up: the name and the metric's value.
  public var cutoff: (name: String, value: Double?)? {
    cutoffName.map { ($0, cutoffValue) }
  }
  /// Why it has no rank.
  public var hindrance: Hindrance?

  var cutoffName: String?
  var cutoffValue: Double?
}

extension RetentionPlan {
  /// How the entry of that index stands with each rule of the policy. O(n) per rule.
  public func standings(at index: Int) -> [RuleStanding] {
    policy.rules.indices.map { standing(of: index, with: $0) }
  }

  private func standing(of index: Int, with number: Int) -> RuleStanding {
    let rule = policy.rules[number]
    let rank = Int(ranks[number][index])
    var standing = RuleStanding(
      rule: rule, rank: rank > 0 ? rank : nil, isKept: isKept(index, by: number))
    if let cutoff = cutoffs[number] {
      standing.cutoffName = entries[cutoff].name
      standing.cutoffValue = value(of: cutoff, rule)
    }
    standing.value = value(of: index, rule)
    if rank == 0 { standing.hindrance = hindrance(of: index, rule) }
    return standing
  }

  /// The entry's value of the metric that a rule ranks by.
  func value(of index: Int, _ rule: KeepRule) -> Double? {
    guard case .best(_, let metric, _) = rule else { return nil }
    return entries[index].value(of: metric, alias: MetricName.alias(of: metric))
  }

  private func hindrance(of index: Int, _ rule: KeepRule) -> RuleStanding.Hindrance? {
    guard fates[index].isRetentions, fates[index] != .nonFinite else { return .notCounted }
    switch rule {
    case .best:
      guard let value = value(of: index, rule) else { return .noValue }
      return value.isFinite ? .notCounted : .valueNotFinite(value)
    case .tagged(let tag, _):
      return entries[index].tags.contains(tag) ? .notCounted : .notTagged
    case .every(let interval), .thinning(let interval, _):
      return behind(index, inOrder: entries.indices.map { $0 }) {
        interval.position(of: $0).map(interval.cell)
      }
    case .recent(_, let period):
      return behind(index, inOrder: entries.indices.reversed()) {
        period.cell(ofNanoseconds: $0.timeNanoseconds)
      }
    case .last, .first, .all: return .notCounted
    }
  }

  private func behind(
    _ index: Int, inOrder order: [Int], _ cell: (InventoryEntry) -> Int64?
  ) -> RuleStanding.Hindrance {
    guard let own = cell(entries[index]) else { return .noPosition }
    let first = order.first {
      fates[$0].isRetentions && entries[$0].condition == entries[index].condition
        && cell(entries[$0]) == own
    }
    guard let first, first != index else { return .notCounted }
    return .standsBehind(entries[first].name)
  }
}
