public import CheckpointRetention

/// What a store removes after each save.
public enum StoreRetention: Sendable, Hashable {
  /// What the directory's remembered policy says (`CheckpointStore.remember(_:)`, `ckpt policy set`);
  /// nothing, where none is remembered.
  case remembered
  /// Nothing, whatever policy the directory has.
  case keepAll
  /// What this policy says, whatever policy the directory has.
  case policy(RetentionPolicy)

  /// For runs of minutes to hours: `RetentionPolicy.short`.
  /// - Throws: `PolicyError` if the mode can't be told.
  public static func short(
    monitor: String?, mode: MetricMode = .auto
  ) throws(PolicyError) -> StoreRetention { .policy(try .short(monitor: monitor, mode: mode)) }

  /// For runs of hours to a day: `RetentionPolicy.regular`.
  /// - Throws: `PolicyError` if the mode can't be told.
  public static func regular(
    monitor: String?, mode: MetricMode = .auto
  ) throws(PolicyError) -> StoreRetention { .policy(try .regular(monitor: monitor, mode: mode)) }

  /// For runs of days to weeks: `RetentionPolicy.long`.
  /// - Throws: `PolicyError` if the mode can't be told.
  public static func long(
    monitor: String?, mode: MetricMode = .auto
  ) throws(PolicyError) -> StoreRetention { .policy(try .long(monitor: monitor, mode: mode)) }
}
