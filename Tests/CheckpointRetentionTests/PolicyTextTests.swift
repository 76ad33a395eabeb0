import CheckpointRetention
import Testing

import struct SimulatedDisk.SplitMix64

@Suite("The text form of policies")
struct PolicyTextTests {
  @Test(
    "comes back as it went in",
    arguments: [
      "last=5,best=5:val_acc:max,thin=1h:4,first,max-bytes=200GiB",
      "every=1000steps,every=5epochs,every=30min,hourly=24,daily=7,weekly=4",
      "tag=final,tag=final:1,all,max-count=10,min-free=50GB,save=epoch:30s",
      "first=2,save=epochs:15min", "last=1,save=cost:100:30min:2h", "tag=\"a:b\":3",
    ])
  func roundTrip(_ text: String) throws {
    #expect(try RetentionPolicy(text).text == text)
    #expect(try "\(RetentionPolicy(text))" == text)
  }

  @Test("is understood as the documentation says")
  func meaning() throws {
    let policy = try RetentionPolicy(
      " last=5 , BEST = 2 : val_acc ,first,every=1000steps,thin=1.5h:4,tag=\"a, \\\"b\\\\\",all,"
        + "max-count=3,max-bytes=1.5GB,min-free=4096,save=cost:100:20m:2h")
    let rules: [KeepRule] = [
      .last(5), .best(2, metric: "val_acc", mode: .max), .first(1), .every(.steps(1000)),
      .thinning(.seconds(5400), count: 4), .tagged("a, \"b\\", count: nil), .all,
    ]
    #expect(policy.rules == rules)
    #expect(policy.limits == [.count(3), .bytes(1_500_000_000), .freeBytes(4096)])
    #expect(policy.cadence == .cost(factor: 100, minimumSeconds: 1200, maximumSeconds: 7200))
  }

  /// Names that have to be quoted, or look as if.
  static let oddNames: [String] = [
    "val_acc", "a,b", "a:b", "a=b", "\"", "\\", "\"\"", "\\\"", "a\"b", "a\\", "\\\\", " ", " a ",
    "a b", "\t", "a\nb", "\r\n", "\u{2028}", "é", "e\u{301}", "\u{301}", "\u{301}x", "名前", "👩‍👩‍👧",
    "\u{200D}", "x\u{200D}", "\u{600}", "x\u{600}", "\u{FE0F}", ",\u{301}", "\"\u{301}",
    ":\u{20E3}",
    "\\\u{301}", "=\u{301}", " \u{301}", "max", "last=5", "a=", "=", ":", ",", "\0", "\u{1B}[31m",
    "'",
    "\u{A0}", "\u{85}", "a\u{301},\u{301}b",
  ]

  @Test("comes back for every name", arguments: PolicyTextTests.oddNames)
  func names(_ name: String) throws {
    let policy = try RetentionPolicy([
      .best(2, metric: name, mode: .min), .tagged(name, count: nil), .tagged(name, count: 3),
    ])
    #expect(try RetentionPolicy(policy.text) == policy, "\(policy.text.debugDescription)")
    // Canonically equivalent spellings are equal as names, but nothing is lost either.
    let metrics = try RetentionPolicy(policy.text).trackedMetrics.map {
      Array($0.name.unicodeScalars)
    }
    #expect(metrics == [Array(name.unicodeScalars)])
  }

  @Test("comes back for random policies, all that there is in them")
  func randomPolicies() throws {
    var random = SplitMix64(seed: 90)
    for _ in 0..<1500 {
      let policy = try PolicyTextTests.policy(&random)
      guard let again = try? RetentionPolicy(policy.text), again == policy else {
        Issue.record("\(policy.text)")
        continue
      }
      #expect(again.text == policy.text)
    }
  }

  /// A policy with anything that a policy may have.
  static func policy(_ random: inout SplitMix64) throws -> RetentionPolicy {
    var rules: [KeepRule] = []
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let name = (0..<Int.random(in: 1...3, using: &random))
        .map { _ in oddNames.randomElement(using: &random) ?? "" }.joined()
      let figures = [1, 2, 60, 3600, 86_400, 1 << 20, 1_000_000_000]
      let count = figures.randomElement(using: &random) ?? 1
      let rule: KeepRule =
        switch Int.random(in: 0..<5, using: &random) {
        case 0: .best(count, metric: name, mode: random.happens(50) ? .min : .max)
        case 1: .tagged(name, count: random.happens(50) ? nil : count)
        case 2:
          .thinning(
            Interval(
              .random(in: 1...(1 << 60), using: &random),
              Interval.Axis.allCases.randomElement(using: &random) ?? .steps), count: count)
        default: SamplePolicy.rule(&random)
        }
      if !rules.contains(rule) { rules.append(rule) }
    }
    let bytes: [UInt64] = [1, 1000, 1024, 1_000_000, 1 << 20, 5_000_000_000, 3 << 50, .max]
    var limits: [RetentionLimit] = random.happens(50) ? SamplePolicy.limits(&random) : []
    if limits.isEmpty, random.happens(50) {
      limits = [
        .bytes(bytes.randomElement(using: &random) ?? 1), .count(.max),
        .freeBytes(random.happens(20) ? 0 : bytes.randomElement(using: &random) ?? 1),
      ]
    }
    return try RetentionPolicy(
      rules, limits: limits, cadence: random.happens(50) ? SamplePolicy.cadence(&random) : nil)
  }
}
