/// The three strategies that most runs need one of.
public enum RetentionPreset: String, Sendable, Hashable, CaseIterable {
  /// Minutes to hours.
  case short
  /// Hours to a day.
  case regular
  /// Days to weeks.
  case long

  /// The strategy's policy.
  /// - Parameter monitor: the metric whose best checkpoints are kept; nil for none.
  /// - Throws: `PolicyError` if the mode is `auto` and can't be told from the metric's name.
  public func policy(
    monitor: String?, mode: MetricMode = .auto
  ) throws(PolicyError) -> RetentionPolicy {
    switch self {
    case .short: try .short(monitor: monitor, mode: mode)
    case .regular: try .regular(monitor: monitor, mode: mode)
    case .long: try .long(monitor: monitor, mode: mode)
    }
  }
}

extension RetentionPolicy {
  /// For runs of minutes to hours: the last 3 and the best. Saves each epoch, at least 30 s apart, and
  /// at the end; the final one is the newest then. At most 4 stay, however long the run.
  /// - Throws: `PolicyError` if a number is out of range or the mode can't be told.
  public static func short(
    monitor: String?, mode: MetricMode = .auto, last: Int = 3, best: Int = 1,
    minimumIntervalSeconds: UInt64 = 30
  ) throws(PolicyError) -> RetentionPolicy {
    try RetentionPolicy(
      [.last(last)] + bestRule(best, monitor, mode),
      cadence: .everyEpoch(minimumIntervalSeconds: minimumIntervalSeconds))
  }

  /// For runs of hours to a day: 10 in all, the best among them and otherwise the newest. Saves about
  /// every 15 minutes, at the end of an epoch, and at the end.
  /// - Throws: `PolicyError` if a number is out of range or the mode can't be told.
  public static func regular(
    monitor: String?, mode: MetricMode = .auto, count: Int = 10, best: Int = 1,
    intervalSeconds: UInt64 = 900
  ) throws(PolicyError) -> RetentionPolicy {
    try RetentionPolicy(
      [.last(count)] + bestRule(best, monitor, mode), limits: [.count(count)],
      cadence: .epochs(intervalSeconds: intervalSeconds))
  }

  /// For runs of days to weeks: the last 3, the best 3, the first, and of the time between about four
  /// for each doubling of the age. Saves every 100 save costs, between 30 minutes and 2 hours, and at
  /// the end. With a save every 30 minutes at most 2 are there after an hour, 15 after a day and 24
  /// after three weeks; each doubling of the run adds two. (With the last 5 and the best 5 it would be
  /// up to 18 and 27.)
  /// - Throws: `PolicyError` if a number is out of range or the mode can't be told.
  public static func long(
    monitor: String?, mode: MetricMode = .auto, last: Int = 3, best: Int = 3, first: Int = 1,
    thinningUnitSeconds: UInt64 = 3600, thinningCount: Int = 4, costFactor: UInt64 = 100,
    minimumIntervalSeconds: UInt64 = 1800, maximumIntervalSeconds: UInt64 = 7200
  ) throws(PolicyError) -> RetentionPolicy {
    try RetentionPolicy(
      [.last(last)] + bestRule(best, monitor, mode) + [
        .thinning(.seconds(thinningUnitSeconds), count: thinningCount), .first(first),
      ],
      cadence: .cost(
        factor: costFactor, minimumSeconds: minimumIntervalSeconds,
        maximumSeconds: maximumIntervalSeconds))
  }

  private static func bestRule(
    _ count: Int, _ monitor: String?, _ mode: MetricMode
  ) -> [KeepRule] {
    monitor.map { [.best(count, metric: $0, mode: mode)] } ?? []
  }
}
