/// A limit that can't be met without removing what never goes, or, of bytes, what doesn't make healthy
/// checkpoints go: unreadable files, copies, checkpoints with NaN or infinite weights that are kept.
public struct RetentionShortfall: Sendable, Hashable {
  /// The limit.
  public var limit: RetentionLimit
  /// What it comes to instead: checkpoints, bytes, or free bytes. Nil if the free space is unknown.
  public var reached: UInt64?
  /// By how much the limit is missed. Nil if the free space is unknown.
  public var missing: UInt64?
}
