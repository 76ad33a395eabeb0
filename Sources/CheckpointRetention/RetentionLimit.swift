/// What may stay at most. Limits take from what the rules keep: what only later rules keep goes first,
/// and of one rule's the lowest rank. The newest, the best by each tracked metric and pinned ones
/// never go: a limit that can't be met without them is reported as a shortfall.
public enum RetentionLimit: Sendable, Hashable {
  /// So many checkpoints. Those that are unreadable or have NaN or infinite weights don't count.
  case count(Int)
  /// So many bytes.
  case bytes(UInt64)
  /// So many bytes are to be free on the disk.
  case freeBytes(UInt64)

  /// Whether the two limit the same.
  public func isSameKind(as other: RetentionLimit) -> Bool {
    switch (self, other) {
    case (.count, .count), (.bytes, .bytes), (.freeBytes, .freeBytes): true
    default: false
    }
  }

  func check() throws(PolicyError) {
    switch self {
    case .count(let count) where count < 1:
      throw PolicyError("at least one checkpoint has to stay", item: text)
    case .bytes(0): throw PolicyError("more than 0 bytes are needed", item: text)
    default: break
    }
  }
}
