import CheckpointRetention
import Testing

import struct SimulatedDisk.SplitMix64

@Suite("A near miss")
struct NearMissTests {
  @Test("is true: the policy that grants it keeps the checkpoint", arguments: [false, true])
  func granted(isLimited: Bool) throws {
    var random = SplitMix64(seed: 60)
    var count = 0
    for round in 0..<400 {
      let inventory = SampleInventory.random(&random)
      let policy = try SamplePolicy.random(&random, isLimited: isLimited)
      let plan = policy.plan(inventory)
      for index in plan.removedIndices {
        guard case .remove(_, let nearMisses) = plan.decision(at: index) else { continue }
        for nearMiss in nearMisses {
          count += 1
          let granting = plan.policy(granting: nearMiss, at: index)
          let keeps = !granting.plan(inventory).removes(index)
          #expect(keeps, "\(round) \(policy): \(plan.entries[index].name) by \(granting)")
        }
      }
    }
    #expect(count > 200)
  }

  @Test("is true under each single limit", arguments: [0, 1, 2])
  func singleLimits(_ kind: Int) throws {
    var random = SplitMix64(seed: 61)
    for round in 0..<150 {
      let inventory = SampleInventory.random(&random)
      let rules = try SamplePolicy.random(&random).rules
      let limit: RetentionLimit =
        switch kind {
        case 0: .count(.random(in: 1...5, using: &random))
        case 1: .bytes(.random(in: 1...2000, using: &random))
        default: .freeBytes(.random(in: 1000...6000, using: &random))
        }
      let policy = try RetentionPolicy(rules, limits: [limit])
      let plan = policy.plan(inventory)
      for index in plan.removedIndices {
        guard case .remove(_, let nearMisses) = plan.decision(at: index) else { continue }
        for nearMiss in nearMisses {
          let granting = plan.policy(granting: nearMiss, at: index)
          let keeps = !granting.plan(inventory).removes(index)
          #expect(keeps, "\(round) \(policy): \(plan.entries[index].name) by \(granting)")
        }
      }
    }
  }

  @Test("has the smallest quota that does: one less doesn't keep the checkpoint")
  func smallest() throws {
    var random = SplitMix64(seed: 62)
    for round in 0..<250 {
      let inventory = SampleInventory.random(&random)
      let policy = try SamplePolicy.random(&random)
      let plan = policy.plan(inventory)
      for index in plan.removedIndices {
        guard case .remove(_, let nearMisses) = plan.decision(at: index) else { continue }
        for nearMiss in nearMisses where nearMiss.rank > 1 {
          let rule = policy.rules[nearMiss.rule]
          let stingy = try RetentionPolicy([rule.of(nearMiss.rank - 1)])
          guard case .keep(let reasons) = stingy.plan(inventory).decision(at: index) else {
            continue
          }
          let isByRule = reasons.contains { if case .rule = $0 { true } else { false } }
          #expect(!isByRule, "\(round) \(policy) \(plan.entries[index].name)")
        }
      }
    }
  }

  @Test("is told for each rule that would keep the checkpoint with some quota, and no other")
  func complete() throws {
    var random = SplitMix64(seed: 63)
    for round in 0..<150 {
      let inventory = SampleInventory.random(&random)
      let policy = try SamplePolicy.random(&random, isLimited: round % 2 == 0)
      let plan = policy.plan(inventory)
      let naive = NaiveRetention(inventory)
      for (index, entry) in plan.entries.enumerated() {
        guard case .remove(let reason, let nearMisses) = plan.decision(at: index) else { continue }
        guard reason != .nonFinite else {
          #expect(nearMisses == [])
          continue
        }
        let expected = policy.rules.indices.compactMap { rule in
          naive.rank(of: entry.name, in: policy.rules[rule]).map { [rule, $0] }
        }
        #expect(nearMisses.map { [$0.rule, $0.rank] } == expected, "\(round) \(policy)")
      }
    }
  }

  @Test("costs what else stays nothing, without limits")
  func generosity() throws {
    var random = SplitMix64(seed: 64)
    for round in 0..<150 {
      let inventory = SampleInventory.random(&random)
      let policy = try SamplePolicy.random(&random)
      let plan = policy.plan(inventory)
      for index in plan.removedIndices {
        guard case .remove(_, let nearMisses) = plan.decision(at: index) else { continue }
        for nearMiss in nearMisses {
          let granting = plan.policy(granting: nearMiss, at: index).plan(inventory)
          #expect(plan.staying.subtracting(granting.staying) == [], "\(round) \(policy)")
        }
      }
    }
  }
}
