/// What becomes of a checkpoint.
public enum RetentionDecision: Sendable, Hashable {
  /// It stays, for all of these reasons.
  case keep([KeepReason])
  /// It goes; `nearMisses` are by rule.
  case remove(RemovalReason, nearMisses: [NearMiss])
  /// It stays although no rule keeps it: it is not retention's to remove.
  case blocked(BlockReason)
}

/// Why a checkpoint stays.
public enum KeepReason: Sendable, Hashable {
  /// It is the newest that can be read.
  case newest
  /// It is the newest without NaN or infinite weights.
  case newestHealthy
  /// It has the best value of a metric that the policy tracks.
  case best(metric: String, value: Double)
  /// Somebody has pinned it.
  case pinned
  /// The value of a metric that the policy tracks is not known yet.
  case pending(metric: String)
  /// The policy's rule of that index keeps it, on that rank.
  case rule(Int, rank: Int)
}

/// Why a checkpoint goes.
public enum RemovalReason: Sendable, Hashable {
  /// No rule keeps it.
  case noRule
  /// Some of its weights are NaN or infinite, so that rules don't count it.
  case nonFinite
  /// Rules would keep it, the limits take it: the rule of that index on that rank was the strongest.
  case limits(rule: Int, rank: Int)
}

/// Why a checkpoint is not retention's to remove.
public enum BlockReason: Sendable, Hashable {
  /// It can't be read. Perhaps `ckpt salvage` rescues what is in it.
  case unreadable
  /// It belongs to another training run.
  case otherRun
  /// No store has saved it.
  case foreign
  /// There are copies of one checkpoint, and which of them somebody made on purpose can't be told.
  case copy
}
