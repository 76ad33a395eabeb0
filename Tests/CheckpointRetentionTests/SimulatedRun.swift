import CheckpointRetention

import struct SimulatedDisk.SplitMix64

/// How a metric goes in the course of a training run. More is better.
enum MetricShape: CaseIterable {
  /// Each value is better than the one before.
  case improving
  /// Better for a while, then the same value again and again.
  case plateau
  /// Up and down, with values that come again.
  case noisy
  /// Slowly better, with so much noise that the best ones lie anywhere.
  case drifting
  /// Each value is worse than the one before.
  case worsening

  func value(_ number: Int, _ random: inout SplitMix64) -> Double {
    switch self {
    case .improving: Double(number)
    case .plateau: Double(min(number, 40))
    case .noisy: Double(Int.random(in: 0...300, using: &random))
    case .drifting: Double(number) + .random(in: 0...400, using: &random)
    case .worsening: -Double(number)
    }
  }
}

/// The saves of a training run.
struct SimulatedRun {
  /// What is wrong with one save in a hundred.
  enum Fault: CaseIterable {
    /// The value of its metric is NaN.
    case metric
    /// Some of its weights are NaN.
    case weights
  }

  /// One after another.
  let saves: [InventoryEntry]

  /// - Parameters:
  ///   - interval: from one save to the next, in seconds.
  ///   - jitter: by how much intervals differ, in seconds.
  init(
    count: Int, interval: Int64, jitter: Int64 = 0, shape: MetricShape, fault: Fault,
    seed: UInt64
  ) {
    var random = SplitMix64(seed: seed)
    // 2026-01-01T00:00:00Z.
    var time: Int64 = 1_767_225_600
    saves = (1...count).map { number in
      time += interval + (jitter > 0 ? .random(in: -jitter...jitter, using: &random) : 0)
      let isFaulty = random.happens(1)
      let value = shape.value(number, &random)
      return InventoryEntry(
        name: "\(number)", fileID: UInt128(number), runID: SampleInventory.run,
        sequence: UInt64(number), step: UInt64(number) * 100, epoch: UInt64(number / 3),
        timeNanoseconds: time * 1_000_000_000, sizeBytes: 1000,
        metrics: ["acc": isFaulty && fault == .metric ? .nan : value],
        condition: isFaulty && fault == .weights ? .nonFinite : .healthy)
    }
  }

  /// The saves of a run, as they are.
  init(_ saves: [InventoryEntry]) {
    self.saves = saves
  }

  /// Who is left in the end if one prunes after each so many saves, and in the end.
  /// - Parameter observe: is told after each save how many there are.
  func survivors(
    _ policy: RetentionPolicy, pruningEvery period: Int, observe: (Int, Int) -> Void = { _, _ in }
  ) -> [String] {
    var alive: [InventoryEntry] = []
    for (number, save) in saves.enumerated() {
      alive.append(save)
      if (number + 1) % period == 0 || number + 1 == saves.count {
        let plan = policy.plan(Inventory(alive))
        alive = plan.entries.indices.filter { !plan.removes($0) }.map { plan.entries[$0] }
      }
      observe(number + 1, alive.count)
    }
    return alive.map(\.name)
  }
}
