/// What a list of checkpoints shows and retention decides by: read without the rest of the file, in
/// one small read, however many tensors there are.
public struct CheckpointSummary: Sendable, Hashable {
  /// Given by the store, from 1 upwards; 0 for a file that no store has saved.
  public var sequence: UInt64 = 0
  /// Optimizer steps done.
  public var step: UInt64?
  /// Epochs done.
  public var epoch: UInt64?
  /// When the state was saved.
  public var wallTime = Timestamp(nanoseconds: 0)
  /// The training run it belongs to.
  public var runID = UniqueID.none
  /// Values by metric name, NaN and infinities included.
  public var metrics: [String: Double] = [:]
  /// Metrics whose value is not known yet.
  public var pendingMetrics: Set<String> = []
  /// Marks, such as `final` or `before-finetune`.
  public var tags: Set<String> = []

  /// Bytes of all tensors, aliases counted once.
  public internal(set) var logicalBytes: UInt64 = 0
  /// Bytes of all chunks in the file.
  public internal(set) var storedBytes: UInt64 = 0
  /// How many tensors there are, aliases included.
  public internal(set) var tensorCount = 0
  /// How many chunks hold them.
  public internal(set) var chunkCount = 0
  /// How many values are NaN or infinite, over all float tensors.
  public internal(set) var nonFiniteCount: UInt64 = 0

  /// An empty one.
  public init() {}
}
