import CheckpointRetention
import Testing

import struct SimulatedDisk.SplitMix64

@Suite("Whatever clocks and names say,")
struct ClockTests {
  /// What stays, by the files' identities and how often each.
  private func staying(_ plan: RetentionPlan) -> [UInt128: Int] {
    plan.entries.indices.reduce(into: [:]) {
      if !plan.removes($1) { $0[plan.entries[$1].fileID, default: 0] += 1 }
    }
  }

  @Test("the time of planning changes no decision")
  func now() throws {
    var random = SplitMix64(seed: 30)
    for round in 0..<150 {
      let inventory = SampleInventory.random(&random)
      let policy = try SamplePolicy.random(&random, isLimited: round % 2 == 0)
      let plan = policy.plan(inventory)
      let times: [Int64] = [.min, -1, 0, .max, .random(in: .min ... .max, using: &random)]
      for now in times {
        let other = policy.plan(inventory, nowNanoseconds: now)
        #expect(other.decisions == plan.decisions, "\(round) \(policy) \(now)")
        let ahead = inventory.entries.filter {
          $0.condition != .unreadable && $0.timeNanoseconds > now
        }
        #expect(Set(other.entriesAhead.map(\.name)) == Set(ahead.map(\.name)))
      }
    }
  }

  @Test("names change nothing about what stays")
  func names() throws {
    var random = SplitMix64(seed: 31)
    for round in 0..<300 {
      var inventory = SampleInventory.random(&random)
      // Of copies one may be pinned: which of them says its name.
      for index in inventory.entries.indices where inventory.entries[index].name.hasSuffix("-copy")
      {
        inventory.entries[index].isPinned = inventory.entries[index - 1].isPinned
      }
      let policy = try SamplePolicy.random(&random, isLimited: round % 2 == 0)
      let before = staying(policy.plan(inventory))
      let names = inventory.entries.map(\.name).shuffled(using: &random)
      for index in names.indices { inventory.entries[index].name = names[index] }
      #expect(staying(policy.plan(inventory)) == before, "\(round) \(policy)")
    }
  }

  @Test("recorded times change nothing for policies without rules of time")
  func recordedTimes() throws {
    var random = SplitMix64(seed: 32)
    for round in 0..<200 {
      var inventory = SampleInventory.random(&random)
      let policy = try SamplePolicy.random(&random, .metrics, isLimited: round % 2 == 0)
      let decisions = policy.plan(inventory).decisions
      for _ in 0..<3 {
        for index in inventory.entries.indices {
          inventory.entries[index].timeNanoseconds = SampleInventory.time(&random, near: 0)
        }
        #expect(policy.plan(inventory).decisions == decisions, "\(round) \(policy)")
      }
    }
  }

  @Test("newest, newest healthy, the last ones and the best stay under rules of time")
  func jumps() throws {
    var random = SplitMix64(seed: 33)
    for round in 0..<300 {
      var inventory = SampleInventory.random(&random, count: 1...14)
      for index in inventory.entries.indices {
        let near = inventory.entries[index].timeNanoseconds
        inventory.entries[index].timeNanoseconds = SampleInventory.time(&random, near: near)
      }
      let policy = try RetentionPolicy([
        .last(3), .best(2, metric: "acc", mode: .max), .thinning(.hours(1), count: 2),
        .recent(1, .hourly), .recent(1, .daily), .recent(1, .weekly), .every(.hours(2)),
      ])
      let staying = policy.plan(inventory, nowNanoseconds: .min).staying
      let naive = NaiveRetention(inventory)
      var expected = naive.kept(by: policy.rules[0]).union(naive.kept(by: policy.rules[1]))
      expected.formUnion([naive.readable.last?.name].compactMap(\.self))
      expected.formUnion(
        [naive.readable.last { $0.condition == .healthy }?.name].compactMap(\.self))
      #expect(expected.subtracting(staying) == [], "\(round)")
    }
  }

  @Test("no figure traps", arguments: [Int64.min, .min + 1, -1, 0, 1, .max])
  func extremes(_ time: Int64) throws {
    let figures: [UInt64] = [1, 2, UInt64.max / 2, .max - 1, .max]
    let entries = figures.enumerated().map { number, figure in
      InventoryEntry(
        name: "\(number)", fileID: .max - UInt128(number), runID: .max, sequence: figure,
        step: figure, epoch: figure, timeNanoseconds: number % 2 == 0 ? time : -(time / 2),
        sizeBytes: figure, metrics: ["acc": .greatestFiniteMagnitude])
    }
    let longest: UInt64 = 1 << 60
    let policy = try RetentionPolicy(
      [
        .every(.steps(longest)), .thinning(.seconds(longest), count: 1_000_000_000),
        .thinning(.epochs(1), count: 1), .thinning(.seconds(1), count: 1), .recent(1, .weekly),
        .best(1_000_000_000, metric: "acc", mode: .auto),
      ], limits: [.count(.max), .bytes(.max), .freeBytes(.max)])
    let plan = policy.plan(Inventory(entries, freeBytes: .max), nowNanoseconds: time)
    #expect(!plan.removes(plan.entries.count - 1))
    for index in plan.removedIndices {
      guard case .remove(_, let nearMisses) = plan.decision(at: index) else { continue }
      for nearMiss in nearMisses { _ = plan.policy(granting: nearMiss, at: index) }
    }
  }
}
