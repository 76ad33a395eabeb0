import CheckpointRetention
import Testing

import struct SimulatedDisk.SplitMix64

@Suite("It makes no difference how often one prunes")
struct ConfluenceTests {
  private func expectTheSame(
    _ policy: RetentionPolicy, _ run: SimulatedRun, _ comment: @autoclosure () -> String = ""
  ) {
    let once = run.survivors(policy, pruningEvery: run.saves.count)
    for period in [1, 7] {
      let survivors = run.survivors(policy, pruningEvery: period)
      #expect(survivors == once, "every \(period) saves, \(policy) \(comment())")
    }
  }

  private func expectTheSame(_ policy: RetentionPolicy, count: Int = 110) {
    for (number, shape) in MetricShape.allCases.enumerated() {
      for fault in SimulatedRun.Fault.allCases {
        let run = SimulatedRun(
          count: count, interval: 1500, jitter: 1400, shape: shape, fault: fault,
          seed: UInt64(number))
        expectTheSame(policy, run, "\(shape) \(fault)")
      }
    }
  }

  @Test("with a preset, however the metric goes", arguments: RetentionPreset.allCases)
  func presets(_ preset: RetentionPreset) throws {
    expectTheSame(try preset.policy(monitor: "acc"))
    expectTheSame(try preset.policy(monitor: "acc", mode: .min))
    expectTheSame(try preset.policy(monitor: nil), count: 60)
  }

  @Test(
    "with thinning",
    arguments: [
      Interval.steps(300), .steps(1), .epochs(1), .epochs(7), .seconds(1), .seconds(4000),
      .hours(1),
    ])
  func thinning(_ interval: Interval) throws {
    for count in [1, 2, 4] {
      expectTheSame(try RetentionPolicy([.thinning(interval, count: count)]), count: 60)
    }
  }

  @Test(
    "with one in each cell",
    arguments: [
      Interval.steps(250), .steps(1000), .epochs(1), .epochs(5), .seconds(3000), .hours(6),
    ])
  func every(_ interval: Interval) throws {
    expectTheSame(try RetentionPolicy([.every(interval)]), count: 60)
  }

  @Test("with hours, days and weeks", arguments: CalendarPeriod.allCases)
  func periods(_ period: CalendarPeriod) throws {
    for count in [1, 3, 24] {
      let policy = try RetentionPolicy([.recent(count, period)])
      expectTheSame(policy, count: 60)
      // So rarely that there are some weeks.
      let run = SimulatedRun(
        count: 60, interval: 150_000, jitter: 149_000, shape: .noisy, fault: .weights, seed: 9)
      expectTheSame(policy, run)
    }
  }

  @Test("with any rules, even if recorded times jump and files are pinned, tagged or broken")
  func randomRules() throws {
    var random = SplitMix64(seed: 10)
    for round in 0..<150 {
      var policy = try SamplePolicy.random(&random)
      if round % 3 == 0 { policy = try policy.setting(.last(2)) }
      var inventory = SampleInventory.random(&random, count: 1...40, [.bad, .jumps, .marks])
      // Pending metrics become known in time; here they would for some prunings and not for others.
      for index in inventory.entries.indices { inventory.entries[index].pendingMetrics = [] }
      let ordered = inventory.entries.sorted { ($0.sequence, $0.fileID) < ($1.sequence, $1.fileID) }
      expectTheSame(policy, SimulatedRun(ordered), "\(round)")
    }
  }
}
