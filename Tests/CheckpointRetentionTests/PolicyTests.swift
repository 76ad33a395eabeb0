import CheckpointRetention
import Testing

@Suite("A policy")
struct PolicyTests {
  private func expectError(
    _ rules: [KeepRule], _ limits: [RetentionLimit] = [], _ cadence: SaveCadence? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: PolicyError.self, sourceLocation: sourceLocation) {
      try RetentionPolicy(rules, limits: limits, cadence: cadence)
    }
  }

  @Test("without a rule is an error")
  func empty() {
    expectError([])
    expectError([], [.count(5)], .epochs(intervalSeconds: 1))
  }

  @Test("with a mode that can't be told is an error, with one that can has it")
  func modes() throws {
    let clear: [(String, MetricMode)] = [
      ("acc", .max), ("val_acc", .max), ("eval_accuracy", .max), ("AUC", .max), ("val_f1", .max),
      ("precision", .max), ("recall", .max), ("eval/iou", .max), ("bleu", .max), ("loss", .min),
      ("val_loss", .min), ("eval_loss", .min), ("val_mse", .min), ("mae", .min),
      ("perplexity", .min), ("wer", .min), ("cer", .min), ("ter", .min),
    ]
    for (metric, mode) in clear {
      let policy = try RetentionPolicy([.best(1, metric: metric, mode: .auto)])
      #expect(policy.rules == [.best(1, metric: metric, mode: mode)])
      #expect(policy.trackedMetrics.map(\.name) == [metric])
      #expect(policy.trackedMetrics.map(\.mode) == [mode])
    }
    for metric in ["speed", "val_", "", "accloss", "acc_loss", "lossless", "val"] {
      expectError([.best(1, metric: metric, mode: .auto)])
      for preset in RetentionPreset.allCases {
        #expect(throws: PolicyError.self) { try preset.policy(monitor: metric) }
      }
    }
  }

  @Test("with figures out of range is an error")
  func ranges() {
    for count in [Int.min, -1, 0, 1_000_000_001, .max] {
      let rules: [KeepRule] = [
        .last(count), .first(count), .best(count, metric: "acc", mode: .max),
        .recent(count, .daily), .thinning(.hours(1), count: count), .tagged("a", count: count),
      ]
      for rule in rules { expectError([rule]) }
    }
    for length: UInt64 in [0, (1 << 60) + 1, .max] {
      for axis in Interval.Axis.allCases {
        expectError([.every(Interval(length, axis))])
        expectError([.thinning(Interval(length, axis), count: 1)])
      }
    }
    expectError([.tagged("", count: nil)])
    expectError([.best(1, metric: "", mode: .max)])
    for limit: RetentionLimit in [.count(0), .count(-1), .count(.min), .bytes(0)] {
      expectError([.all], [limit])
    }
    let cadences: [SaveCadence] = [
      .epochs(intervalSeconds: 0), .cost(factor: 0, minimumSeconds: 1, maximumSeconds: 2),
      .cost(factor: 1, minimumSeconds: 3, maximumSeconds: 2),
      .cost(factor: 1, minimumSeconds: 0, maximumSeconds: 0),
    ]
    for cadence in cadences { expectError([.all], [], cadence) }
  }

  @Test("with something twice is an error")
  func twice() throws {
    expectError([.last(1), .first(1), .last(1)])
    expectError([.best(1, metric: "acc", mode: .auto), .best(1, metric: "acc", mode: .max)])
    expectError([.all], [.count(1), .bytes(1), .count(2)])
    #expect(try RetentionPolicy([.last(1), .last(2)]).rules.count == 2)
  }

  @Test(
    "set to another rule or limit has that one in the place of those of its kind, or at the end")
  func setting() throws {
    let policy = try RetentionPolicy(
      "last=5,best=5:acc,best=1:loss,first,last=9,max-count=3,save=epoch:1s")
    func rules(_ rule: KeepRule) throws -> String {
      let new = try policy.setting(rule)
      #expect(new.limits == policy.limits)
      #expect(new.cadence == policy.cadence)
      return new.rules.map(\.text).joined(separator: ",")
    }
    #expect(try rules(.last(2)) == "last=2,best=5:acc:max,best=1:loss:min,first")
    #expect(
      try rules(.best(2, metric: "loss", mode: .max))
        == "last=5,best=5:acc:max,best=2:loss:max,first,last=9")
    #expect(
      try rules(.best(2, metric: "f1", mode: .auto))
        == "last=5,best=5:acc:max,best=1:loss:min,first,last=9,best=2:f1:max")
    #expect(try rules(.all) == "last=5,best=5:acc:max,best=1:loss:min,first,last=9,all")
    #expect(throws: PolicyError.self) { try policy.setting(.first(0)) }

    let limited = try policy.setting(.bytes(1000)).setting(.count(7))
    #expect(limited.limits == [.count(7), .bytes(1000)])
    #expect(try limited.setting(.freeBytes(1)).limits == [.count(7), .bytes(1000), .freeBytes(1)])
    #expect(limited.rules == policy.rules)
    #expect(throws: PolicyError.self) { try policy.setting(.count(0)) }
  }

  @Test("replaces rules of one kind: axis, period, metric and tag tell kinds apart")
  func kinds() throws {
    let kinds: [KeepRule] = [
      .last(1), .first(1), .all, .best(1, metric: "acc", mode: .max),
      .best(1, metric: "loss", mode: .min), .every(.steps(1)), .every(.epochs(1)),
      .every(.seconds(1)), .recent(1, .hourly), .recent(1, .daily), .recent(1, .weekly),
      .thinning(.steps(1), count: 1), .thinning(.epochs(1), count: 1),
      .thinning(.seconds(1), count: 1), .tagged("a", count: nil), .tagged("b", count: nil),
    ]
    for (number, rule) in kinds.enumerated() {
      for (other, otherRule) in kinds.enumerated() {
        #expect(rule.isSameKind(as: otherRule) == (number == other))
      }
      #expect(rule.isSameKind(as: rule.of(9)))
      let policy = try RetentionPolicy(kinds).setting(rule.of(9))
      #expect(policy.rules.count == kinds.count)
      #expect(policy.rules[number] == rule.of(9))
    }
    #expect(KeepRule.tagged("a", count: nil).isSameKind(as: .tagged("a", count: 5)))
    #expect(KeepRule.every(.steps(1)).isSameKind(as: .every(.steps(7))))
  }

  @Test("of a preset is what its documentation says")
  func presets() throws {
    #expect(
      try RetentionPolicy.short(monitor: "acc").text == "last=3,best=1:acc:max,save=epoch:30s")
    #expect(
      try RetentionPolicy.regular(monitor: "val_loss").text
        == "last=10,best=1:val_loss:min,max-count=10,save=epochs:15min")
    #expect(
      try RetentionPolicy.long(monitor: "x", mode: .min).text
        == "last=3,best=3:x:min,thin=1h:4,first,save=cost:100:30min:2h")
    #expect(
      try RetentionPolicy.long(monitor: nil).text == "last=3,thin=1h:4,first,save=cost:100:30min:2h"
    )
    for preset in RetentionPreset.allCases {
      let policy = try preset.policy(monitor: "acc")
      #expect(try RetentionPolicy(policy.text) == policy)
    }
  }
}
