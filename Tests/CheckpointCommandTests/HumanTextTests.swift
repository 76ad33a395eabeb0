import Testing

@testable import Checkpoint
@testable import CheckpointCommand

@Suite("Numbers for people")
struct HumanTextTests {
  static let sizes: [(UInt64, String)] = [
    (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1_468_006, "1.4 MiB"),
    (102_349, "100 KiB"), (102_298, "99.9 KiB"), (1_048_575, "1.0 MiB"), (1_047_000, "1022 KiB"),
    (UInt64.max, "16.0 EiB"),
  ]

  @Test("sizes", arguments: sizes)
  func size(_ bytes: UInt64, _ text: String) {
    #expect(HumanText.size(bytes) == text)
  }

  static let ages: [(Double, String)] = [
    (0.2, "now"), (59, "59 s ago"), (119, "119 s ago"), (120, "2 min ago"), (3600, "60 min ago"),
    (7200, "2 h ago"), (172_800, "2 d ago"), (5_184_000, "60 d ago"), (5_270_400, "2 mo ago"),
    (69_120_000, "2 y ago"), (-200, "in 3 min"),
  ]

  @Test("ages, and moments ahead of a clock that lags", arguments: ages)
  func age(_ seconds: Double, _ text: String) {
    let moment = Timestamp(nanoseconds: 1_764_000_000_000_000_000)
    let distance = Int64(seconds * 1e9)
    let now = Timestamp(nanoseconds: moment.nanoseconds + distance)
    #expect(HumanText.age(moment, now: now) == text)
  }
}
