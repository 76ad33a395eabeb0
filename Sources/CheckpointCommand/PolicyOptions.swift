internal import ArgumentParser
internal import Checkpoint
internal import CheckpointRetention

/// Which policy: a preset, a policy's text, or rule by rule.
struct PolicyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      short, regular, long, or rules and limits such as \
      last=5,best=5:val_acc:max,thin=1h:4,first,max-bytes=200GiB.
      """, valueName: "policy"),
    completion: .list(RetentionPreset.allCases.map(\.rawValue)), transform: PolicyChoice.init)
  var policy: PolicyChoice?

  @Option(
    help: ArgumentHelp(
      """
      The metric whose best checkpoints are kept; 'none' for none. (default: val_loss, or what the \
      checkpoints have instead)
      """, valueName: "metric"))
  var monitor: String?

  @Option(
    help: "Whether more or less of the metric is better: auto, min or max.",
    completion: .list(MetricMode.allCases.map(\.rawValue)), transform: MetricMode.argument)
  var mode = MetricMode.auto

  @Option(
    help: ArgumentHelp("Keep the newest.", valueName: "count"), transform: rule("last"))
  var keepLast: KeepRule?

  @Option(help: ArgumentHelp("Keep the best by --monitor.", valueName: "count"))
  var keepBest: Int?

  @Option(
    help: ArgumentHelp("Keep the newest of each of the last hours.", valueName: "count"),
    transform: rule("hourly"))
  var keepHourly: KeepRule?

  @Option(
    help: ArgumentHelp("The same for days (UTC).", valueName: "count"), transform: rule("daily"))
  var keepDaily: KeepRule?

  @Option(
    help: ArgumentHelp("The same for weeks, from Monday.", valueName: "count"),
    transform: rule("weekly"))
  var keepWeekly: KeepRule?

  @Option(
    help: ArgumentHelp(
      "Keep many lately and fewer further back, such as 1h:4.", valueName: "unit:count"),
    transform: rule("thin"))
  var keepThin: KeepRule?

  @Option(
    help: ArgumentHelp(
      "Keep the first of each interval: 1000steps, 5epochs, 1h.", valueName: "interval"),
    transform: rule("every"))
  var keepEvery: KeepRule?

  @Option(
    help: ArgumentHelp("Keep the earliest.", valueName: "count"), transform: rule("first"))
  var keepFirst: KeepRule?

  @Option(
    help: ArgumentHelp("Keep those with this tag.", valueName: "tag"),
    transform: { .tagged($0, count: nil) })
  var keepTag: KeepRule?

  @Option(
    help: ArgumentHelp("Let so many stay at most.", valueName: "count"),
    transform: limit("max-count"))
  var maxCount: RetentionLimit?

  @Option(
    help: ArgumentHelp("Let so much stay at most, such as 200GiB.", valueName: "size"),
    transform: limit("max-bytes"))
  var maxBytes: RetentionLimit?

  @Option(
    help: ArgumentHelp("Leave so much of the disk free at least.", valueName: "size"),
    transform: limit("min-free"))
  var minFree: RetentionLimit?

  private static func rule(_ key: String) -> @Sendable (String) throws -> KeepRule {
    { value in
      guard let rule = try term(key, value).rules.first else { throw ValidationError(value) }
      return rule
    }
  }

  private static func limit(_ key: String) -> @Sendable (String) throws -> RetentionLimit {
    { value in
      guard let limit = try term("all,\(key)", value).limits.first else {
        throw ValidationError(value)
      }
      return limit
    }
  }

  private static func term(_ key: String, _ value: String) throws -> RetentionPolicy {
    do {
      let policy = try RetentionPolicy("\(key)=\(value)")
      guard policy.rules.count == 1, policy.limits.count <= 1, policy.cadence == nil else {
        throw ValidationError("'\(value)' is more than one value.")
      }
      return policy
    } catch let error as PolicyError {
      throw ValidationError("\(error)")
    }
  }

  func validate() throws {
    guard mode == .auto || monitor != nil else {
      throw ValidationError("--mode needs --monitor.")
    }
    if let keepBest {
      guard metric != nil else {
        throw ValidationError("--keep-best needs --monitor, such as --monitor val_acc.")
      }
      guard keepBest > 0 else { throw ValidationError("--keep-best is at least 1.") }
    }
    if let metric, mode.resolution(for: metric) == nil {
      throw ValidationError("\(MetricMode.unclear(metric)); say --mode min or --mode max")
    }
  }

  private var metric: String? { monitor == "none" ? nil : monitor }

  /// Whether the command line says nothing of a policy.
  var isEmpty: Bool { policy == nil && monitor == nil && rules.isEmpty && limits.isEmpty }

  /// Whether the command line names no policy and no rule that could stand for one: what else it says
  /// changes the remembered policy, or `regular`.
  var needsBase: Bool { policy == nil && rules.isEmpty }

  /// The policy that is meant: `--policy` with single rules and limits set; without it the rules that
  /// are given, and only those; without any, the remembered policy; without that, `regular`; in each
  /// case with the limits that are given, and the best by `--monitor`.
  /// - Parameter defaultMonitor: asked for the metric where none is given and a preset needs one.
  func resolved(
    remembered: RetentionPolicy?, defaultMonitor: () throws(CheckpointError) -> String?
  ) throws(CheckpointError) -> RetentionPolicy {
    let base: PolicyChoice? =
      policy ?? (needsBase ? remembered.map { .policy($0) } ?? .preset(.regular) : nil)
    var monitor = metric
    if case .preset = base, self.monitor == nil { monitor = try defaultMonitor() }
    do throws(PolicyError) {
      let chosen = try base?.policy(monitor: monitor, mode: mode)
      var result = if let chosen { chosen } else { try RetentionPolicy(Array(rules.prefix(1))) }
      for rule in rules { result = try result.setting(rule) }
      if let metric { result = try result.tracking(metric, mode) }
      for limit in limits { result = try result.setting(limit) }
      return result
    } catch {
      throw CheckpointError(error)
    }
  }

  private var rules: [KeepRule] {
    let best = keepBest.flatMap { count in
      metric.map { KeepRule.best(count, metric: $0, mode: mode) }
    }
    return [
      keepLast, best, keepHourly, keepDaily, keepWeekly, keepThin, keepEvery, keepFirst, keepTag,
    ].compactMap { $0 }
  }

  private var limits: [RetentionLimit] { [maxCount, maxBytes, minFree].compactMap { $0 } }
}
