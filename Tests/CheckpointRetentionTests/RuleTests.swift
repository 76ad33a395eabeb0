import CheckpointRetention
import Testing

import struct SimulatedDisk.SplitMix64

@Suite("Rules keep what they say:")
struct RuleTests {
  /// The names of those that a rule keeps, whatever else does.
  private func kept(_ rule: KeepRule, _ inventory: Inventory) throws -> Set<String> {
    let plan = try RetentionPolicy([rule]).plan(inventory)
    return Set(
      plan.entries.indices.filter { index in
        guard case .keep(let reasons) = plan.decision(at: index) else { return false }
        return reasons.contains { if case .rule = $0 { true } else { false } }
      }.map { plan.entries[$0].name })
  }

  private func expectAsNaive(_ rule: KeepRule, _ inventory: Inventory, _ round: Int) throws {
    let expected = NaiveRetention(inventory).kept(by: rule)
    #expect(try kept(rule, inventory) == expected, "\(round) \(rule.text)")
  }

  @Test("thinning, on each axis", arguments: Interval.Axis.allCases)
  func thinning(_ axis: Interval.Axis) throws {
    var random = SplitMix64(seed: 70)
    for round in 0..<60 {
      let inventory = SampleInventory.random(&random, count: 1...50, [.bad, .jumps])
      let lengths: [UInt64] = axis == .seconds ? [1, 900, 3600, 1 << 60] : [1, 3, 17, 1 << 60]
      let length = lengths.randomElement(using: &random) ?? 1
      let count = Int.random(in: 1...5, using: &random)
      try expectAsNaive(.thinning(Interval(length, axis), count: count), inventory, round)
    }
  }

  @Test("the first of each cell, on each axis", arguments: Interval.Axis.allCases)
  func every(_ axis: Interval.Axis) throws {
    var random = SplitMix64(seed: 71)
    for round in 0..<100 {
      let inventory = SampleInventory.random(&random, count: 1...50, [.bad, .jumps])
      let lengths: [UInt64] = axis == .seconds ? [1, 900, 3600, 86_400] : [1, 2, 17, 100]
      let length = lengths.randomElement(using: &random) ?? 1
      try expectAsNaive(.every(Interval(length, axis)), inventory, round)
    }
  }

  @Test("the last of each of the last hours, days, weeks", arguments: CalendarPeriod.allCases)
  func periods(_ period: CalendarPeriod) throws {
    var random = SplitMix64(seed: 72)
    for round in 0..<100 {
      var inventory = SampleInventory.random(&random, count: 1...50, [.bad, .jumps])
      for index in inventory.entries.indices where round % 2 == 0 {
        // Some weeks around 1970.
        inventory.entries[index].timeNanoseconds =
          .random(in: -3000...3000, using: &random) * 1_800_000_000_000
      }
      try expectAsNaive(.recent(.random(in: 1...6, using: &random), period), inventory, round)
    }
  }

  @Test("the last, the first, the tagged, all")
  func others() throws {
    var random = SplitMix64(seed: 73)
    for round in 0..<100 {
      let inventory = SampleInventory.random(&random, count: 0...30)
      let count = Int.random(in: 1...6, using: &random)
      for rule: KeepRule in [
        .last(count), .first(count), .all, .tagged("final", count: nil),
        .tagged("final", count: count), .tagged("none", count: nil),
      ] {
        try expectAsNaive(rule, inventory, round)
      }
    }
  }

  @Test("thinning, for each small set of steps and each count")
  func smallThinning() throws {
    for bits in 1..<512 {
      let steps = (0..<9).filter { bits >> $0 & 1 == 1 }
      let inventory = Inventory(
        steps.map {
          InventoryEntry(name: "\($0)", sequence: UInt64($0 + 1), step: UInt64($0))
        })
      for length in 1...2 {
        for count in 1...2 {
          let rule = KeepRule.thinning(.steps(UInt64(length)), count: count)
          let naive = NaiveRetention(inventory).kept(by: rule)
          guard try kept(rule, inventory) == naive else {
            Issue.record("\(steps) \(rule.text)")
            return
          }
        }
      }
    }
  }

  @Test("cells begin at full hours, at midnight UTC, on Mondays")
  func boundaries() throws {
    // 2024-01-01T00:00:00Z was a Monday.
    let monday: Int64 = 1_704_067_200
    func kept(_ text: String, _ seconds: [Int64]) throws -> [Int] {
      let entries = seconds.enumerated().map { number, seconds in
        InventoryEntry(
          name: "\(number)", sequence: UInt64(number + 1), timeNanoseconds: seconds * 1_000_000_000)
      }
      return try RetentionPolicy(text).plan(Inventory(entries)).staying.compactMap(Int.init)
        .sorted()
    }
    let times = [monday - 1, monday, monday + 3599, monday + 3600, monday + 86_400]
    #expect(try kept("hourly=9", times) == [0, 2, 3, 4])
    #expect(try kept("daily=9", times) == [0, 3, 4])
    #expect(try kept("weekly=9", times) == [0, 4])
    #expect(try kept("weekly=1", times) == [4])
    // Before 1970, cells go on as before: the newest is kept in any case.
    #expect(try kept("every=1h", [-3601, -3600, -1, 0, 3599, 7200]) == [0, 1, 3, 5])
    #expect(try kept("every=1d", [-86_401, -86_400, -1, 0]) == [0, 1, 3])
  }

  @Test("a run twice as long has at most half of the count, rounded up, and one more to thin")
  func growth() throws {
    for count in 1...6 {
      var before = Int.max
      for length in [32, 64, 128, 256, 512] {
        var most = 0
        for phase in 0..<16 {
          let entries = (0..<length).map {
            InventoryEntry(
              name: "\($0)", sequence: UInt64($0 + 1), step: UInt64($0 + phase * 37))
          }
          let rule = KeepRule.thinning(.steps(1), count: count)
          if length <= 128 || phase % 4 == 0 {
            most = max(most, try kept(rule, Inventory(entries)).count)
          }
        }
        if before < .max { #expect(most <= before + (count + 1) / 2 + 1, "\(count) \(length)") }
        before = most
      }
    }
  }
}
