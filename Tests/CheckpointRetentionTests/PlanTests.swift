import CheckpointRetention
import Testing

import struct SimulatedDisk.SplitMix64

@Suite("A plan")
struct PlanTests {
  @Test("decides on each entry of the inventory, once, in the order of saves")
  func partition() throws {
    var random = SplitMix64(seed: 1)
    for round in 0..<300 {
      let inventory = SampleInventory.random(&random)
      let policy = try SamplePolicy.random(&random, isLimited: round % 2 == 0)
      let plan = policy.plan(inventory)
      #expect(plan.entries.count == inventory.entries.count)
      // NaN isn't equal to itself: entries are told apart by their names.
      #expect(Set(plan.entries.map(\.name)) == Set(inventory.entries.map(\.name)))
      #expect(zip(plan.entries, plan.entries.dropFirst()).allSatisfy { $0.sequence <= $1.sequence })
      let removed = plan.decisions.indices.filter {
        if case .remove = plan.decisions[$0] { true } else { false }
      }
      #expect(plan.decisions.count == plan.entries.count)
      #expect(removed == plan.removedIndices)
      #expect(removed == plan.entries.indices.filter(plan.removes))
      #expect(removed.count == plan.removedCount)
      let removedBytes = removed.reduce(0) { $0 + plan.entries[$1].sizeBytes }
      #expect(plan.removedBytes == removedBytes)
      #expect(plan.keptBytes + removedBytes == inventory.entries.reduce(0) { $0 + $1.sizeBytes })
    }
  }

  @Test("keeps what the words of the design keep, and removes the rest")
  func naive() throws {
    var random = SplitMix64(seed: 2)
    for round in 0..<150 {
      let inventory = SampleInventory.random(&random)
      let policy = try SamplePolicy.random(&random)
      let naive = NaiveRetention(inventory)
      #expect(policy.plan(inventory).going == naive.going(policy, inventory), "\(round) \(policy)")
    }
  }

  @Test("is the same whatever the order of the inventory")
  func order() throws {
    var random = SplitMix64(seed: 3)
    for round in 0..<200 {
      var inventory = SampleInventory.random(&random)
      // Equality is to be asked for: no NaN.
      for index in inventory.entries.indices {
        inventory.entries[index].metrics = inventory.entries[index].metrics.filter { !$1.isNaN }
      }
      let policy = try SamplePolicy.random(&random, isLimited: round % 2 == 0)
      let plan = policy.plan(inventory)
      var shuffled = inventory
      for _ in 0..<3 {
        shuffled.entries.shuffle(using: &random)
        #expect(policy.plan(shuffled) == plan, "\(round) \(policy)")
      }
    }
  }

  @Test("carried out leaves nothing for another one")
  func idempotence() throws {
    var random = SplitMix64(seed: 4)
    for round in 0..<400 {
      let inventory = SampleInventory.random(&random)
      let policy = try SamplePolicy.random(&random, isLimited: round % 2 == 0)
      let plan = policy.plan(inventory)
      let left = plan.entries.indices.filter { !plan.removes($0) }.map { plan.entries[$0] }
      let again = policy.plan(
        Inventory(left, freeBytes: inventory.freeBytes.map { $0 + plan.removedBytes }))
      #expect(again.going == [], "\(round) \(policy)")
      #expect(again.shortfalls == plan.shortfalls, "\(round) \(policy)")
    }
  }

  @Test("keeps no less if the policy has one more rule, wherever that stands")
  func moreRules() throws {
    var random = SplitMix64(seed: 5)
    for round in 0..<400 {
      let inventory = SampleInventory.random(&random)
      let policy = try SamplePolicy.random(&random)
      let rule = SamplePolicy.rule(&random)
      guard !policy.rules.contains(rule) else { continue }
      var rules = policy.rules
      rules.insert(rule, at: .random(in: 0...rules.count, using: &random))
      guard let more = try? RetentionPolicy(rules) else { continue }
      let lost = policy.plan(inventory).staying.subtracting(more.plan(inventory).staying)
      #expect(lost == [], "\(round) \(policy) and \(rule.text)")
    }
  }

  @Test("keeps no less if a rule that tracks no metric is appended, limits or not")
  func moreRulesUnderLimits() throws {
    var random = SplitMix64(seed: 6)
    for round in 0..<800 {
      let inventory = SampleInventory.random(&random)
      let policy = try SamplePolicy.random(&random, isLimited: true)
      let rule = SamplePolicy.rule(&random, .times)
      guard !policy.rules.contains(rule) else { continue }
      let more = try RetentionPolicy(policy.rules + [rule], limits: policy.limits)
      let lost = policy.plan(inventory).staying.subtracting(more.plan(inventory).staying)
      #expect(lost == [], "\(round) \(policy) and \(rule.text)")
    }
  }

  @Test("of nothing is nothing")
  func nothing() throws {
    let policy = try RetentionPolicy([.last(1)], limits: [.count(1), .bytes(1), .freeBytes(9)])
    let plan = policy.plan(Inventory([], freeBytes: 4))
    #expect(plan.entries == [])
    #expect(plan.removedCount == 0)
    #expect(plan.shortfalls.map(\.limit) == [.freeBytes(9)])
    #expect(plan.shortfalls.map(\.reached) == [4])
    #expect(plan.shortfalls.map(\.missing) == [5])
  }
}
