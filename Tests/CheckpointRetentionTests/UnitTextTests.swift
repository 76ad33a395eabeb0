import CheckpointRetention
import Testing

import struct SimulatedDisk.SplitMix64

@Suite("Sizes and durations")
struct UnitTextTests {
  @Test(
    "are understood with and without a point, in any case of letters",
    arguments: [
      ("0", 0), ("1", 1), ("4096B", 4096), ("1kB", 1000), ("1KB", 1000), ("1KiB", 1024),
      ("1.5GB", 1_500_000_000), ("1.5GiB", 3 << 29), ("0.5KiB", 512), ("200 GiB", 200 << 30),
      ("1gib", 1 << 30), ("2TB", 2_000_000_000_000), ("16383PiB", 16383 << 50),
      ("18446744073709551615", .max), ("18446744073709551615B", .max), ("0.1MB", 100_000),
      ("0001MB", 1_000_000), ("1.50MB", 1_500_000), ("1.001kB", 1001),
    ] as [(String, UInt64)])
  func sizes(_ text: String, _ bytes: UInt64) {
    #expect(ByteCount.parse(text) == bytes)
  }

  @Test(
    "are understood in all units of time",
    arguments: [
      ("0s", 0), ("90s", 90), ("30min", 1800), ("20m", 1200), ("1h", 3600), ("1.5h", 5400),
      ("2d", 172_800), ("3w", 1_814_400), ("0.25min", 15), ("1 h", 3600), ("1H", 3600),
      ("18446744073709551615s", .max), ("30500568904943w", 18_446_744_073_709_526_400),
    ] as [(String, UInt64)])
  func durations(_ text: String, _ seconds: UInt64) {
    #expect(Seconds.parse(text) == seconds)
  }

  @Test(
    "are refused where they are too large, no whole number of bytes, or no figures",
    arguments: [
      "", " ", "B", ".", ".5GB", "1.GB", "1..5GB", "1.5.5GB", "1,5GB", "-1GB", "+1GB", "1e3",
      "0x10",
      "1 G B", "GB1", "1GBs", "18446744073709551616", "16384PiB", "0.5B", "1.5", "0.0001kB",
      "1.000000000000000000000000001GB", "18446744073709551.616kB", "١GB", "½GB", "1\u{301}GB",
      "1 \u{301}",
      "99999999999999999999999999999999999999GB", "nan", "inf",
    ])
  func refused(_ text: String) {
    #expect(ByteCount.parse(text) == nil)
  }

  @Test(
    "of time need a unit and no other",
    arguments: [
      "", "5", "1y", "1.h", ".5h", "1hh", "h", "1h30min", "1.0001h", "18446744073709551615w", "-1h",
    ])
  func refusedDurations(_ text: String) {
    #expect(Seconds.parse(text) == nil)
  }

  @Test("come back exactly from their shortest text")
  func roundTrip() {
    var random = SplitMix64(seed: 92)
    let units: [UInt64] = [
      1, 60, 3600, 86_400, 604_800, 1000, 1024, 1_000_000, 1 << 20, 1 << 30, 1 << 50,
    ]
    for round in 0..<2000 {
      let unit = units[round % units.count]
      let figure =
        round % 3 == 0
        ? UInt64.random(in: 0 ... .max, using: &random)
        : .random(in: 0...4000, using: &random) * unit
      #expect(ByteCount.parse(ByteCount.text(figure)) == figure)
      #expect(Seconds.parse(Seconds.text(figure)) == figure)
    }
    #expect(
      [0, 1, 1000, 1024, 1536, 3 << 30].map(ByteCount.text) == [
        "0B", "1B", "1kB", "1KiB", "1536B", "3GiB",
      ])
    #expect([0, 59, 60, 5400, 604_800].map(Seconds.text) == ["0s", "59s", "1min", "90min", "1w"])
  }
}
