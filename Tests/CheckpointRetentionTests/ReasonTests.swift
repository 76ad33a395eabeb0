import CheckpointRetention
import Testing

import struct SimulatedDisk.SplitMix64

@Suite("Reasons")
struct ReasonTests {
  /// Plans, with what DESIGN's words come to.
  private func forEach(
    seed: UInt64, _ body: (RetentionPlan, NaiveRetention, RetentionPolicy) throws -> Void
  ) throws {
    var random = SplitMix64(seed: seed)
    for round in 0..<200 {
      let inventory = SampleInventory.random(&random)
      let policy = try SamplePolicy.random(&random, isLimited: round % 2 == 0)
      try body(policy.plan(inventory), NaiveRetention(inventory), policy)
    }
  }

  @Test("to keep are all that hold, each once, and no others")
  func keeping() throws {
    try forEach(seed: 80) { plan, naive, policy in
      for (index, entry) in plan.entries.enumerated() {
        guard case .keep(let reasons) = plan.decision(at: index) else { continue }
        let set = Set(reasons)
        #expect(set == naive.reasons(of: entry, policy), "\(policy) \(entry.name)")
        #expect(set.count == reasons.count, "\(policy) \(reasons)")
        #expect(!reasons.isEmpty)
      }
    }
  }

  @Test("to remove mean that no rule keeps, but for limits; and that nothing protects")
  func removing() throws {
    try forEach(seed: 81) { plan, naive, policy in
      for index in plan.removedIndices {
        let entry = plan.entries[index]
        guard case .remove(let reason, let nearMisses) = plan.decision(at: index) else { continue }
        let reasons = naive.reasons(of: entry, policy)
        if case .limits(let rule, let rank) = reason {
          #expect(reasons.contains(.rule(rule, rank: rank)), "\(policy) \(entry.name)")
          #expect(!policy.limits.isEmpty)
        } else {
          #expect(reasons == [], "\(policy) \(entry.name)")
          for nearMiss in nearMisses {
            let quota = ReasonTests.quota(of: policy.rules[nearMiss.rule])
            #expect(nearMiss.rank > quota, "\(policy) \(entry.name)")
          }
        }
        let isBad = entry.condition == .nonFinite && naive.candidates.first?.condition == .healthy
        let isBroken = reason == .nonFinite
        if isBroken { #expect(isBad) }
        if isBad, !isBroken {
          guard case .limits = reason else {
            Issue.record("\(policy) \(entry.name)")
            continue
          }
        }
      }
    }
  }

  private static func quota(of rule: KeepRule) -> Int {
    switch rule {
    case .last(let count), .first(let count), .best(let count, _, _), .recent(let count, _),
      .thinning(_, let count), .tagged(_, .some(let count)):
      count
    case .every, .all, .tagged(_, nil): .max
    }
  }

  @Test("name the newest, the newest healthy, the best, pins and pending metrics")
  func protections() throws {
    let entries = [
      InventoryEntry(name: "best", sequence: 1, metrics: ["acc": 0.9]),
      InventoryEntry(name: "pinned", sequence: 2, isPinned: true),
      InventoryEntry(name: "pending", sequence: 3, pendingMetrics: ["accuracy", "other"]),
      InventoryEntry(name: "gone", sequence: 4, metrics: ["acc": 0.8], pendingMetrics: ["other"]),
      InventoryEntry(name: "healthy", sequence: 5, metrics: ["acc": 0.8]),
      InventoryEntry(name: "broken", sequence: 6, metrics: ["acc": 1], condition: .nonFinite),
      InventoryEntry(name: "newest", sequence: 7, metrics: ["acc": 1], condition: .nonFinite),
    ]
    let plan = try RetentionPolicy("best=1:acc").plan(Inventory(entries))
    #expect(
      plan.decisions == [
        .keep([.best(metric: "acc", value: 0.9), .rule(0, rank: 1)]),
        .keep([.pinned]),
        .keep([.pending(metric: "acc")]),
        plan.decision(at: 3),
        .keep([.newestHealthy]),
        .remove(.nonFinite, nearMisses: []),
        .keep([.newest]),
      ])
    guard case .remove(.noRule, let nearMisses) = plan.decision(at: 3) else {
      Issue.record("\(plan.decision(at: 3))")
      return
    }
    #expect(nearMisses.map { [$0.rule, $0.rank] } == [[0, 2]])
  }

  @Test("come once each, even if two rules track one metric")
  func twice() throws {
    let entry = InventoryEntry(
      name: "1", sequence: 1, metrics: ["acc": 1], pendingMetrics: ["acc"])
    let plan = try RetentionPolicy("best=1:acc,best=2:acc").plan(Inventory([entry]))
    #expect(
      plan.decision(at: 0)
        == .keep([
          .newest, .best(metric: "acc", value: 1), .pending(metric: "acc"), .rule(0, rank: 1),
          .rule(1, rank: 1),
        ]))
  }
}
