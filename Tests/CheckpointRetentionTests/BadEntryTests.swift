import CheckpointRetention
import Testing

import struct SimulatedDisk.SplitMix64

@Suite("Files that are not retention's, and broken ones,")
struct BadEntryTests {
  @Test("never displace healthy checkpoints, whatever is in them, limits or not")
  func displacement() throws {
    var random = SplitMix64(seed: 40)
    for round in 0..<800 {
      let good = SampleInventory.random(&random, count: 1...12, [.copies, .jumps, .marks])
      let policy = try SamplePolicy.random(&random, isLimited: round % 2 == 0)
      let bad = (0..<Int.random(in: 1...8, using: &random)).compactMap { number in
        BadEntryTests.bad(number, beside: good.entries, &random)
      }
      let all = Inventory((good.entries + bad).shuffled(using: &random), freeBytes: good.freeBytes)
      let plan = policy.plan(all, nowNanoseconds: 0, run: SampleInventory.run)
      let without = policy.plan(good, nowNanoseconds: 0, run: SampleInventory.run).going
      let going = plan.going.subtracting(bad.map(\.name))
      // What bad ones leave free may save a healthy one.
      let isForSpace = policy.limits.contains { $0.isSameKind(as: .freeBytes(0)) }
      #expect(isForSpace ? going.isSubset(of: without) : going == without, "\(round) \(policy)")
    }
  }

  /// Something broken, at random beside or on top of a healthy one.
  private static func bad(
    _ number: Int, beside good: [InventoryEntry], _ random: inout SplitMix64
  ) -> InventoryEntry? {
    guard var entry = good.randomElement(using: &random) else { return nil }
    entry.name = "\(UInt8.random(in: 0...255, using: &random))-bad-\(number)"
    entry.condition = random.happens(60) ? .nonFinite : .unreadable
    if entry.condition == .nonFinite || random.happens(50) {
      entry.fileID = UInt128(9000 + number)
    }
    if random.happens(50) { entry.sequence += .random(in: 0...20, using: &random) }
    if random.happens(20) { entry.runID = SampleInventory.otherRun }
    if random.happens(10) { entry.sequence = 0 }
    if random.happens(30) { entry.timeNanoseconds = SampleInventory.time(&random, near: 0) }
    if random.happens(60) { entry.metrics = ["acc": 9, "score": 9, "loss": -9] }
    if random.happens(10) { entry.isPinned.toggle() }
    entry.sizeBytes = .random(in: 0...3000, using: &random)
    return entry
  }

  @Test("of other runs, unknown origin, unreadable or copied are blocked or stay")
  func blocked() throws {
    var random = SplitMix64(seed: 41)
    for round in 0..<400 {
      let inventory = SampleInventory.random(&random)
      let policy = try SamplePolicy.random(&random, isLimited: round % 2 == 0)
      let plan = policy.plan(inventory)
      let naive = NaiveRetention(inventory)
      for (index, entry) in plan.entries.enumerated() {
        let decision = plan.decision(at: index)
        if entry.condition == .unreadable {
          #expect(decision == .blocked(.unreadable))
        } else if entry.sequence == 0 {
          #expect(decision == .blocked(.foreign))
        } else if entry.runID != plan.runID {
          #expect(decision == .blocked(.otherRun))
        } else if naive.copied.contains(entry.name) {
          guard naive.readable.contains(where: { $0.name == entry.name }) else {
            #expect(decision == .blocked(.copy))
            continue
          }
          // The first of them takes part in the contest; it stays even if it loses.
          let reasons = naive.reasons(of: entry, policy)
          #expect(reasons.isEmpty == (decision == .blocked(.copy)), "\(round) \(policy)")
          #expect(!plan.removes(index))
        } else if case .blocked = decision {
          Issue.record("\(round) \(policy) \(entry)")
        }
      }
    }
  }

  @Test("belong to the newest run unless another one is asked for")
  func runs() throws {
    let entries = (1...6).map { number in
      InventoryEntry(
        name: "\(number)", runID: number.isMultiple(of: 2) ? 2 : 1, sequence: UInt64(number),
        condition: number == 6 ? .unreadable : .healthy)
    }
    let policy = try RetentionPolicy([.last(1)])
    #expect(policy.plan(Inventory(entries)).runID == 1)
    #expect(policy.plan(Inventory(entries)).going == ["1", "3"])
    let other = policy.plan(Inventory(entries), nowNanoseconds: 0, run: 2)
    #expect(other.going == ["2"])
    #expect(policy.plan(Inventory(entries), nowNanoseconds: 0, run: 3).going == [])
  }

  @Test("that are tagged take no disk space from healthy ones")
  func taggedNonFinite() throws {
    func entry(_ sequence: UInt64, _ condition: InventoryEntry.Condition) -> InventoryEntry {
      InventoryEntry(
        name: "\(sequence)", sequence: sequence, sizeBytes: 100,
        tags: condition == .nonFinite ? ["odd"] : [], condition: condition)
    }
    let inventory = Inventory(
      [entry(1, .healthy), entry(2, .nonFinite), entry(3, .healthy), entry(4, .healthy)],
      freeBytes: 0)
    let policy = try RetentionPolicy("last=2,min-free=150B")
    let tagging = try RetentionPolicy("last=2,tag=odd,min-free=150B")
    #expect(policy.plan(inventory).going == ["1", "2"])
    #expect(tagging.plan(inventory).going == ["1", "2"])
  }

  @Test("that are not finite are all that rules have to choose from if none is healthy")
  func onlyNonFinite() throws {
    let entries = (1...6).map {
      InventoryEntry(name: "\($0)", sequence: UInt64($0), condition: .nonFinite)
    }
    #expect(
      try RetentionPolicy("last=2,first").plan(Inventory(entries)).staying == ["1", "5", "6"])
    let healthy = InventoryEntry(name: "0", sequence: 3)
    let staying = try RetentionPolicy("last=2,first").plan(Inventory(entries + [healthy])).staying
    #expect(staying == ["0", "6"])
  }
}
