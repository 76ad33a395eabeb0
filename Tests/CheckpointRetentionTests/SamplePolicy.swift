import CheckpointRetention

import struct SimulatedDisk.SplitMix64

/// Random policies for random inventories.
enum SamplePolicy {
  /// What rules may look at.
  struct Kinds: OptionSet {
    let rawValue: Int
    /// Rules that rank by a metric.
    static let metrics = Kinds(rawValue: 1)
    /// Rules that go by recorded times.
    static let times = Kinds(rawValue: 2)
    static let all: Kinds = [.metrics, .times]
  }

  static func rule(_ random: inout SplitMix64, _ kinds: Kinds = .all) -> KeepRule {
    let count = Int.random(in: 1...4, using: &random)
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return .first(count)
    case 1, 2:
      guard kinds.contains(.metrics) else { return .last(count) }
      let mode: MetricMode = random.happens(50) ? .min : .max
      return .best(count, metric: random.happens(50) ? "loss" : "score", mode: mode)
    case 3:
      guard kinds.contains(.metrics) else { return .last(count) }
      return .best(count, metric: "acc", mode: .auto)
    case 4: return .every(interval(&random, kinds))
    case 5, 6: return .thinning(interval(&random, kinds), count: count)
    case 7:
      guard kinds.contains(.times) else { return .first(count) }
      return .recent(count, CalendarPeriod.allCases.randomElement(using: &random) ?? .daily)
    case 8: return .tagged(random.happens(50) ? "final" : "a, b", count: nil)
    case 9: return .tagged(random.happens(50) ? "final" : "a, b", count: count)
    case 10: return random.happens(20) ? .all : .last(count)
    default: return .last(count)
    }
  }

  private static func interval(_ random: inout SplitMix64, _ kinds: Kinds) -> Interval {
    switch Int.random(in: 0..<(kinds.contains(.times) ? 4 : 2), using: &random) {
    case 0: .steps(.random(in: 1...60, using: &random))
    case 1: .epochs(.random(in: 1...3, using: &random))
    case 2: .seconds(.random(in: 1...20000, using: &random))
    default: .hours(.random(in: 1...5, using: &random))
    }
  }

  /// Limits that many an inventory exceeds.
  static func limits(_ random: inout SplitMix64) -> [RetentionLimit] {
    var limits: [RetentionLimit] = []
    if random.happens(50) { limits.append(.count(.random(in: 1...8, using: &random))) }
    if random.happens(50) { limits.append(.bytes(.random(in: 1...4000, using: &random))) }
    if limits.isEmpty || random.happens(40) {
      limits.append(.freeBytes(.random(in: 0...6000, using: &random)))
    }
    return limits.shuffled(using: &random)
  }

  /// A policy of one to five rules.
  static func random(
    _ random: inout SplitMix64, _ kinds: Kinds = .all, isLimited: Bool = false
  ) throws -> RetentionPolicy {
    var rules: [KeepRule] = []
    for _ in 0..<Int.random(in: 1...5, using: &random) {
      let rule = rule(&random, kinds)
      if !rules.contains(rule) { rules.append(rule) }
    }
    return try RetentionPolicy(rules, limits: isLimited ? limits(&random) : [])
  }

  /// A cadence, its figures small or extreme.
  static func cadence(_ random: inout SplitMix64) -> SaveCadence {
    let figures: [UInt64] = [1, 59, 60, 90, 3600, 86_400, 604_800, 1 << 40, .max - 1, .max]
      .shuffled(using: &random)
    return switch Int.random(in: 0..<3, using: &random) {
    case 0: .everyEpoch(minimumIntervalSeconds: random.happens(20) ? 0 : figures[0])
    case 1: .epochs(intervalSeconds: figures[0])
    default:
      .cost(
        factor: figures[0], minimumSeconds: min(figures[1], figures[2]),
        maximumSeconds: max(figures[1], figures[2]))
    }
  }
}
