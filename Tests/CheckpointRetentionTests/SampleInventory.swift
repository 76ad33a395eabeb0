import CheckpointRetention

import struct SimulatedDisk.SplitMix64

/// Random inventories: small, so that coincidences are many.
enum SampleInventory {
  /// The run that plans are made for.
  static let run: UInt128 = 7
  /// Some other one.
  static let otherRun: UInt128 = 8

  /// What may occur in an inventory beside healthy checkpoints of the run.
  struct Traits: OptionSet {
    let rawValue: Int
    /// Other runs' and foreign files.
    static let strangers = Traits(rawValue: 1)
    /// Unreadable ones, and such with NaN weights.
    static let bad = Traits(rawValue: 2)
    /// The same file twice, under two names.
    static let copies = Traits(rawValue: 4)
    /// Recorded times that go backwards or are nonsense.
    static let jumps = Traits(rawValue: 8)
    /// Pins, tags and pending metrics.
    static let marks = Traits(rawValue: 16)
    static let all: Traits = [.strangers, .bad, .copies, .jumps, .marks]
  }

  /// Values of metrics, most of which tie or don't rank.
  static let values: [Double] = [.nan, .infinity, -.infinity, 0, -0.0, 1, 1, 2, 0.5, 3]

  static func random(
    _ random: inout SplitMix64, count: ClosedRange<Int> = 0...14, _ traits: Traits = .all
  ) -> Inventory {
    let isAllNonFinite = traits.contains(.bad) && random.happens(3)
    var last = InventoryEntry(name: "", sequence: 0, step: 0)
    last.timeNanoseconds = 1_700_000_000_000_000_000
    var entries: [InventoryEntry] = []
    for number in 0..<Int.random(in: count, using: &random) {
      last.sequence += random.happens(10) ? 0 : .random(in: 1...3, using: &random)
      last.step = (last.step ?? 0) + .random(in: 0...40, using: &random)
      last.timeNanoseconds += .random(in: 0...7_200_000_000_000, using: &random)
      var entry = last
      entry.sequence = max(1, last.sequence)
      entry.fileID = UInt128(1000 + number)
      entry.runID = run
      entry.name = name(of: number, &random)
      entry.epoch = random.happens(5) ? nil : (last.step ?? 0) / 50
      if random.happens(5) { entry.step = nil }
      entry.sizeBytes = .random(in: 0...9, using: &random) * 100
      for metric in ["loss", "acc", "score"] where !random.happens(15) {
        entry.metrics[metric] = values.randomElement(using: &random)
      }
      apply(traits, to: &entry, &random)
      if isAllNonFinite, entry.condition == .healthy { entry.condition = .nonFinite }
      entries.append(entry)
      if traits.contains(.copies), random.happens(8) {
        entry.name = name(of: number, &random) + "-copy"
        if random.happens(20) { entry.isPinned = true }
        entries.append(entry)
      }
    }
    let freeBytes: UInt64? = random.happens(20) ? nil : .random(in: 0...3000, using: &random)
    return Inventory(entries, freeBytes: freeBytes)
  }

  private static func apply(
    _ traits: Traits, to entry: inout InventoryEntry, _ random: inout SplitMix64
  ) {
    if traits.contains(.strangers) {
      if random.happens(8) { entry.runID = otherRun }
      if random.happens(5) { entry.sequence = 0 }
    }
    if traits.contains(.bad), random.happens(20) {
      entry.condition = random.happens(50) ? .unreadable : .nonFinite
    }
    if traits.contains(.jumps), random.happens(20) {
      entry.timeNanoseconds = time(&random, near: entry.timeNanoseconds)
    }
    if traits.contains(.marks) {
      if random.happens(6) { entry.isPinned = true }
      if random.happens(15) { entry.tags.insert("final") }
      if random.happens(10) { entry.tags.insert("a, b") }
      if random.happens(6) { entry.pendingMetrics.insert("loss") }
      if random.happens(6) { entry.pendingMetrics.insert("accuracy") }
    }
  }

  /// A time that some broken clock shows.
  static func time(_ random: inout SplitMix64, near time: Int64) -> Int64 {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: .min
    case 1: .max
    case 2: 0
    case 3: -1
    case 4: .random(in: .min ... .max, using: &random)
    default: time &+ .random(in: -30...30, using: &random) * 3_600_000_000_000
    }
  }

  /// Names whose order says nothing.
  private static func name(of number: Int, _ random: inout SplitMix64) -> String {
    "\(UInt8.random(in: 0...255, using: &random))-\(number)"
  }
}

extension SplitMix64 {
  /// Whether something happens that happens in so many of a hundred cases.
  mutating func happens(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &self) < percent
  }
}

extension RetentionPlan {
  /// The names of those that don't go.
  var staying: Set<String> {
    Set(entries.indices.filter { !removes($0) }.map { entries[$0].name })
  }

  /// The names of those that go.
  var going: Set<String> {
    Set(entries.indices.filter(removes).map { entries[$0].name })
  }
}

extension RetentionPolicy {
  /// A plan at no particular time.
  func plan(_ inventory: Inventory) -> RetentionPlan {
    plan(inventory, nowNanoseconds: 1_800_000_000_000_000_000)
  }
}
