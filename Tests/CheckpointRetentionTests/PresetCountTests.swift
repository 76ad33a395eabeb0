import CheckpointRetention
import Testing

/// The last line of DESIGN's table of presets.
@Suite("How many checkpoints of a preset are alive")
struct PresetCountTests {
  /// What was counted.
  private struct Counts {
    /// The least and the most after an hour, a day and three weeks.
    var least = [Int](repeating: .max, count: 3)
    var most = [Int](repeating: 0, count: 3)
    /// The most at any moment up to there.
    var everMost = [Int](repeating: 0, count: 3)
  }

  private static let hour = 3600
  private static let moments = [hour, 24 * hour, 3 * 7 * 24 * hour]

  /// Runs of three weeks, pruned at each save.
  private func counts(
    _ policy: RetentionPolicy, interval: Int, _ shapes: [MetricShape] = MetricShape.allCases,
    seeds: Range<UInt64>
  ) -> Counts {
    var counts = Counts()
    for shape in shapes {
      for seed in seeds {
        let run = SimulatedRun(
          count: PresetCountTests.moments[2] / interval, interval: Int64(interval), shape: shape,
          fault: .metric, seed: seed)
        _ = run.survivors(policy, pruningEvery: 1) { saves, alive in
          for (place, moment) in PresetCountTests.moments.enumerated() {
            let last = moment / interval
            if saves == last {
              counts.least[place] = min(counts.least[place], alive)
              counts.most[place] = max(counts.most[place], alive)
            }
            if saves <= last { counts.everMost[place] = max(counts.everMost[place], alive) }
          }
        }
      }
    }
    return counts
  }

  @Test("short: at most 4 at any time, with a save each 5 minutes")
  func short() throws {
    let counts = counts(
      try .short(monitor: "acc"), interval: 300, [.noisy], seeds: 0..<1)
    #expect(counts.most == [4, 4, 4])
    #expect(counts.everMost == [4, 4, 4])
  }

  @Test("regular: 4 after an hour and then 10, with a save each 15 minutes")
  func regular() throws {
    let counts = counts(
      try .regular(monitor: "acc"), interval: 900, [.noisy, .improving], seeds: 0..<1)
    #expect(counts.least == [4, 10, 10])
    #expect(counts.most == [4, 10, 10])
    #expect(counts.everMost == [4, 10, 10])
  }

  @Test("long: at most 15 after a day and 24 after three weeks, with a save each 2 hours")
  func longAndSlow() throws {
    let counts = counts(try .long(monitor: "acc"), interval: 7200, seeds: 0..<2)
    #expect(counts.everMost[1] <= 15)
    #expect(counts.everMost[2] <= 24)
  }

  @Test("long: 2 after an hour, at most 15 after a day, 24 after three weeks, each 30 minutes")
  func longAndFast() throws {
    let counts = counts(try .long(monitor: "acc"), interval: 1800, seeds: 0..<2)
    #expect(counts.most[0] == 2)
    #expect(counts.everMost[1] <= 15)
    #expect(counts.everMost[2] <= 24)
  }
}
