import ArgumentParser
import Checkpoint
import CheckpointRetention
import Testing

@testable import CheckpointCommand

@Suite("Forecasts of policies on the terminal")
struct ForecastReportTests {
  static let long = "last=5,best=5:val_acc:max,thin=1h:4,first"

  /// What `ckpt prune --simulate` prints.
  static func simulate(
    _ arguments: String..., policy: String = long, freeBytes: UInt64? = nil,
    sizeBytes: UInt64? = nil, asJSON: Bool = false, width: Int? = nil, color: Bool = false
  ) throws -> CommandRun {
    let output = CapturedOutput()
    let messages = CapturedOutput()
    let terminal = Terminal(
      output: output, messages: messages, outputWidth: width, usesColor: color)
    let status = try ForecastOptions.parse(arguments).run(
      policies: [("policy", try RetentionPolicy(policy))], freeBytes: freeBytes,
      sizeBytes: sizeBytes, asJSON: asJSON, on: terminal)
    return CommandRun(status: status, output: output.text, messages: messages.text)
  }

  @Test("plot, figures, ages")
  func plain() throws {
    let run = try Self.simulate(
      "--simulate", "2h", "--every", "20m", "--size", "1GiB", policy: "last=3",
      freeBytes: 5 << 30, width: 50)
    #expect(
      run.output == """
        6 saves in 2 h, one every 20 min, 1.0 GiB each
        policy
          last=3

        checkpoints                                at rest
        5 ┤╌╌ disk full: 5.0 GiB ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌├ 5.0 GiB
          │                                      │
        4 ┤                                      ├ 4.0 GiB
          │                                      │
        3 ┤                   ⡒⡒⡒⡒⡒⡒⡒⡒⡒⡒⡒⡒⡒⡒⡒⡒⡒⡒⡒├ 3.0 GiB
          │                   ⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂│
        2 ┤            ⢰⡒⡒⡒⡒⡒⡒⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂├ 2.0 GiB
          │            ⢸⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂│
        1 ┤      ⡖⡒⡒⡒⡒⡒⡚⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂├ 1.0 GiB
          │⣀⣀⣀⣀⣀⣀⡇⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂⡂│
        0 ┼─────────┬─────────┬────────┬─────────┼ 0
                                    ⡇     ⢸     ⢸
           0     30 min      1 h    90 min     2 h

                   checkpoints    bytes
        after 1 h            3  3.0 GiB
        after 2 h            3  3.0 GiB
        at most              4  4.0 GiB
        disk full                 never

        alive at the end (strokes below the plot), by age:
        now · 20 min · 40 min

        """)
    #expect(run.status == .success && run.messages.isEmpty)
  }

  @Test("two policies side by side")
  func versus() throws {
    let run = try Self.simulate(
      "--simulate", "3w", "--every", "20m", "--size", "1.5GB", "--versus", "all",
      freeBytes: 100_000_000_000, width: 100)
    let heading = run.lines.first { $0.contains("bytes") }
    #expect(heading?.split(separator: " ") == ["policy", "bytes", "all", "bytes"])
    #expect(run.lines.contains { $0.hasPrefix("after 1 h ") && $0.contains("4.2 GiB") })
    for moment in ["after 1 d ", "after 1 w ", "after 3 w ", "at most "] {
      #expect(run.lines.contains { $0.hasPrefix(moment) })
    }
    let full = run.lines.first { $0.hasPrefix("disk full") }
    #expect(full?.split(separator: " ") == ["disk", "full", "never", "after", "22", "h"])
    #expect(run.output.contains("disk full: 93.1 GiB"))
    #expect(run.lines.contains { $0.hasPrefix("policy: now · 20 min · 40 min") })
  }

  @Test("a preset to compare with ranks by the policy's metric")
  func preset() throws {
    let run = try Self.simulate(
      "--simulate", "1d", "--every", "1h", "--size", "1", "--versus", "regular",
      policy:
        "best=2:reward:max")
    #expect(run.output.contains("last=10,best=1:reward:max,max-count=10"))
    let plain = try Self.simulate(
      "--simulate", "1d", "--every", "1h", "--size", "1", "--versus", "regular", policy: "last=1")
    #expect(plain.output.contains("  last=10,max-count=10"))
    #expect(!plain.output.contains("metrics"))
  }

  @Test("the interval comes from the policy's cadence, or else from the other policy's")
  func cadence() throws {
    func intervals(_ policy: String, _ arguments: [String] = []) throws -> [Int?] {
      let output = CapturedOutput()
      let options = try ForecastOptions.parse(["--simulate", "1d", "--size", "1"] + arguments)
      _ = try options.run(
        policies: [("policy", try RetentionPolicy(policy))], freeBytes: nil, asJSON: true,
        on: Terminal(output: output, messages: output))
      let json = try JSONValue.parse(output.text)
      return (json["forecasts"]?.arrayValue ?? []).map {
        $0["intervalSeconds"]?.intValue.map(Int.init)
      }
    }
    #expect(try intervals("last=1,save=epoch:30s") == [30])
    #expect(try intervals("last=1,save=epochs:15min") == [900])
    #expect(try intervals("last=1,save=cost:100:30min:2h") == [1800])
    #expect(try intervals("last=1,save=epoch:30s", ["--every", "1m"]) == [60])
    #expect(try intervals("last=1", ["--versus", "regular"]) == [900, 900])
    #expect(try intervals("last=1,save=epoch:60s", ["--versus", "regular"]) == [60, 900])
  }

  @Test("JSON has the course of it")
  func json() throws {
    let run = try Self.simulate(
      "--simulate", "1h", "--every", "10m", "--size", "10B", "--metric-curve", "noisy",
      "--nan-share", "0.5", policy: "last=3", freeBytes: 30, asJSON: true)
    let expected: JSONValue = [
      "forecasts": [
        [
          "title": "policy", "policy": "last=3", "durationSeconds": 3600, "intervalSeconds": 600,
          "saves": 6, "sizeBytes": 10, "freeBytes": 30, "metricCurve": "noisy", "nanShare": 0.5,
          "peakCheckpoints": 4, "peakBytes": 40, "diskFullSeconds": 2400,
          "finalAgesSeconds": [0, 600, 1200],
          "course": [
            ["seconds": 600, "checkpoints": 1, "bytes": 10],
            ["seconds": 1200, "checkpoints": 2, "bytes": 20],
            ["seconds": 1800, "checkpoints": 3, "bytes": 30],
          ],
        ]
      ]
    ]
    #expect(run.json == expected)
  }

  @Test("never wider than the terminal; ASCII only if asked for")
  func width() throws {
    for width in [1, 5, 20, 33, 60, 79, 120] {
      for policy in [
        Self.long, "last=3", "last=100,every=3epochs,thin=1h:8,thin=1epoch:2,hourly=24",
      ] {
        let run = try Self.simulate(
          "--simulate", "1d", "--every", "20m", "--size", "1GB", "--versus", "last=2", "--ascii",
          policy: policy, freeBytes: 9_000_000_000, width: width)
        #expect(run.lines.allSatisfy { $0.displayWidth <= width })
        #expect(width < 79 || run.output.unicodeScalars.allSatisfy(\.isASCII))
      }
    }
  }

  static let wrong: [(arguments: [String], part: String)] = [
    (["--simulate", "soon"], "'soon' is no length of time; write it as in 20min, 12h or 3w."),
    (["--simulate", "0s"], "'0s' is no length of time"),
    (["--simulate", "3w", "--every", "0min"], "'0min' is no length of time"),
    (["--simulate", "3w", "--size", "big"], "'big' is no size; write it as in 800MB"),
    (["--simulate", "3w", "--disk", "-1"], "--disk"),
    (["--simulate", "3w", "--metric-curve", "flat"], "'flat' is none of improving, plateau"),
    (["--simulate", "3w", "--nan-share", "2"], "--nan-share can't be 2.0"),
    (["--every", "20m"], "belong to --simulate"),
    (["--simulate", "3w", "--size", "1B"], "such as --every 20min"),
    (["--simulate", "3w", "--every", "20m"], "such as --size 1.5GB"),
    (["--simulate", "3w", "--every", "1s", "--size", "1B"], "1814400 saves"),
    (["--simulate", "1h", "--every", "2h", "--size", "1B"], "0 saves"),
    (["--simulate", "1h", "--every", "1m", "--size", "1B", "--versus", "lats=5"], "\"lats=5\""),
  ]

  @Test("what is wrong is said, with an example", arguments: wrong)
  func refusal(_ arguments: [String], _ part: String) throws {
    let terminal = Terminal(output: CapturedOutput(), messages: CapturedOutput())
    let error = #expect(throws: (any Error).self) {
      _ = try ForecastOptions.parse(arguments).run(
        policies: [("policy", try RetentionPolicy("last=5"))], freeBytes: nil, asJSON: false,
        on: terminal)
    }
    let message = error.map { ForecastOptions.message(for: $0) } ?? ""
    #expect(message.contains(part), "\(message)")
  }
}
