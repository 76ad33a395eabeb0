/// How much a reader may allocate for a file it doesn't trust.
public struct ReadLimits: Sendable, Hashable {
  /// The most that one call may allocate for tensors; `load` counts documents and blobs too. By default 64 times the file's size, and at
  /// least 1 GiB: a small file can't make a reader allocate without bound (a run of zeros codes to
  /// nothing), and no useful checkpoint comes near it. Reading into the caller's own memory knows no limit.
  public var allocationBytes: UInt64?

  /// The limits by default.
  public init(allocationBytes: UInt64? = nil) {
    self.allocationBytes = allocationBytes
  }
}
