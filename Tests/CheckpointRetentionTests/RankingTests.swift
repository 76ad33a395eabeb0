import CheckpointRetention
import Testing

import struct SimulatedDisk.SplitMix64

@Suite("best=k")
struct RankingTests {
  /// All that may stand in a checkpoint: 1 twice, and nothing.
  private static let values: [Double?] = [
    .nan, .infinity, -.infinity, 0, -0.0, 1, 1, 2, nil,
  ]

  private static func inventory(_ values: [Double?]) -> Inventory {
    Inventory(
      values.enumerated().map { number, value in
        InventoryEntry(
          name: "\(number)", fileID: UInt128(number + 1), runID: 1, sequence: UInt64(number + 1),
          metrics: value.map { ["m": $0] } ?? [:])
      })
  }

  /// Places by value: the best first, of equal ones the earliest; what isn't finite has none.
  private static func order(_ values: [Double?], _ mode: MetricMode) -> [Int] {
    var order: [Int] = []
    for (index, value) in values.enumerated() {
      guard let value, value.isFinite else { continue }
      let place = order.firstIndex { other in
        mode == .min ? value < values[other] ?? .nan : value > values[other] ?? .nan
      }
      order.insert(index, at: place ?? order.count)
    }
    return order
  }

  /// The two rules, with quotas of 1 to 3.
  private static func policies() throws -> [RetentionPolicy] {
    try (1...3).map { quota in
      try RetentionPolicy([
        .best(quota, metric: "m", mode: .min), .best(quota, metric: "m", mode: .max),
      ])
    }
  }

  /// The rank that a plan gives in a rule, whether or not it keeps.
  private static func rank(_ decision: RetentionDecision, rule: Int) -> Int? {
    switch decision {
    case .keep(let reasons):
      reasons.lazy.compactMap { if case .rule(rule, let rank) = $0 { rank } else { nil } }.first
    case .remove(_, let nearMisses): nearMisses.first { $0.rule == rule }?.rank
    case .blocked: nil
    }
  }

  /// Compares ranks in both modes, and who stays.
  private static func isRight(
    _ values: [Double?], quota: Int, by policies: [RetentionPolicy]
  ) -> Bool {
    let plan = policies[quota - 1].plan(inventory(values))
    let orders = [order(values, .min), order(values, .max)]
    let staying = Set(orders.flatMap { $0.prefix(quota) } + [values.count - 1])
    return plan.entries.indices.allSatisfy { index in
      guard plan.removes(index) == !staying.contains(index) else { return false }
      let decision = plan.decision(at: index)
      return (0...1).allSatisfy { rule in
        let expected = orders[rule].firstIndex(of: index).map { $0 + 1 }
        let found = rank(decision, rule: rule)
        // An entry that stays is told only the rules that keep it.
        if case .keep = decision {
          return found == expected.flatMap { $0 <= quota ? $0 : nil }
        }
        return found == expected
      }
    }
  }

  @Test("keeps the k best of any order of any values, of equal ones the earliest, in both modes")
  func permutations() throws {
    let policies = try RankingTests.policies()
    var checked = 0
    func extend(_ places: [Int]) {
      if !places.isEmpty {
        checked += 1
        let values = places.map { RankingTests.values[$0] }
        guard RankingTests.isRight(values, quota: 1 + checked % 3, by: policies) else {
          Issue.record("\(values), k = \(1 + checked % 3)")
          return
        }
      }
      guard places.count < 6 else { return }
      for place in RankingTests.values.indices where !places.contains(place) {
        // The two values of 1 are one and the same: only in their order.
        if place == 6, !places.contains(5) { continue }
        extend(places + [place])
      }
    }
    extend([])
    #expect(checked == 43_934)
  }

  @Test("keeps the k best of any four values, however often one comes")
  func repetitions() throws {
    let values = RankingTests.values.indices.filter { $0 != 6 }.map { RankingTests.values[$0] }
    let policies = try RankingTests.policies()
    for number in 0..<4096 {
      let four = (0..<4).map { values[number >> (3 * $0) & 7] }
      guard RankingTests.isRight(four, quota: 1 + number % 3, by: policies) else {
        Issue.record("\(four), k = \(1 + number % 3)")
        return
      }
    }
  }

  @Test("decides the same if all values are negated and the mode is the other one")
  func negation() throws {
    var random = SplitMix64(seed: 20)
    for round in 0..<300 {
      var inventory = SampleInventory.random(&random)
      let policy = try SamplePolicy.random(&random, isLimited: round % 2 == 0)
      let negated = try RetentionPolicy(
        policy.rules.map { rule in
          guard case .best(let count, let metric, let mode) = rule else { return rule }
          return .best(count, metric: metric, mode: mode == .min ? .max : .min)
        }, limits: policy.limits)
      let plan = policy.plan(inventory)
      for index in inventory.entries.indices {
        inventory.entries[index].metrics = inventory.entries[index].metrics.mapValues { -$0 }
      }
      let other = negated.plan(inventory)
      let decisions = other.decisions.map(RankingTests.negated)
      #expect(decisions == plan.decisions, "\(round) \(policy)")
      #expect(other.shortfalls == plan.shortfalls)
    }
  }

  /// The decision with metrics' values of the other sign.
  private static func negated(_ decision: RetentionDecision) -> RetentionDecision {
    guard case .keep(let reasons) = decision else { return decision }
    return .keep(
      reasons.map { reason in
        guard case .best(let metric, let value) = reason else { return reason }
        return .best(metric: metric, value: -value)
      })
  }

  @Test("finds a metric under its other spelling, and its own first")
  func spellings() throws {
    func entry(_ sequence: UInt64, _ metrics: [String: Double]) -> InventoryEntry {
      InventoryEntry(name: "\(sequence)", sequence: sequence, metrics: metrics)
    }
    let inventory = Inventory([
      entry(1, ["val_accuracy": 0.9]), entry(2, ["val_acc": 0.8]),
      entry(3, ["val_accuracy": 1, "val_acc": 0.1]), entry(4, ["accuracy": 5]),
    ])
    #expect(try RetentionPolicy("best=1:val_acc").plan(inventory).staying == ["1", "4"])
    #expect(try RetentionPolicy("best=1:val_accuracy").plan(inventory).staying == ["3", "4"])
    #expect(try RetentionPolicy("best=2:val_acc").plan(inventory).staying == ["1", "2", "4"])
  }

  @Test("is about values of which the finite ones are better than others, by mode")
  func better() {
    let values = RankingTests.values.compactMap(\.self)
    for a in values {
      for b in values {
        let isBetter = [MetricMode.min.isBetter(a, than: b), MetricMode.max.isBetter(a, than: b)]
        let expected = a.isFinite ? (b.isFinite ? [a < b, a > b] : [true, true]) : [false, false]
        #expect(isBetter == expected, "\(a) \(b)")
      }
    }
  }

  @Test("keeps none but the newest if no value is finite")
  func nothingFinite() throws {
    let inventory = RankingTests.inventory([.nan, .infinity, -.infinity, nil])
    for mode in [MetricMode.min, .max] {
      let policy = try RetentionPolicy([.best(9, metric: "m", mode: mode)])
      #expect(policy.plan(inventory).staying == ["3"])
    }
  }
}
