public import CheckpointFormat
public import SystemPackage

/// A checkpoint in a store, as far as a list of them tells.
public struct StoredCheckpoint: Sendable, Hashable {
  /// The file's name in the store's directory.
  public var fileName: String
  /// The file's path.
  public var path: FilePath
  /// The file's size.
  public var sizeBytes: UInt64
  /// The file's identity, whatever its name; `.none` if it can't be read.
  public var fileID: UniqueID
  /// Sequence number, step, epoch, metrics, tags; empty if it can't be read.
  public var summary: CheckpointSummary
  /// Whether it is kept whatever retention says.
  public var isPinned: Bool
  /// Why it can't be read, if it can't. Damage to tensors is found by loading or verifying only.
  public var failure: CheckpointError?
  /// When the file was made; its modification time if it can't be read.
  public var created: Timestamp

  /// Whether some weights are NaN or infinite.
  public var hasNonFinite: Bool { summary.nonFiniteCount > 0 }
  /// Given by the store, from 1 upwards; 0 for files that were put there otherwise.
  public var sequence: UInt64 { summary.sequence }
  /// Optimizer steps done.
  public var step: UInt64? { summary.step }
  /// Epochs done.
  public var epoch: UInt64? { summary.epoch }
  /// Values by metric name.
  public var metrics: [String: Double] { summary.metrics }
}

/// The newest checkpoint of a store that verifies, loaded.
public struct LatestCheckpoint: Sendable {
  /// Where it is.
  public var stored: StoredCheckpoint
  /// What it holds.
  public var checkpoint: Checkpoint
  /// Files that can't be read, then newer checkpoints that don't verify, and why.
  public var skipped: [(stored: StoredCheckpoint, error: CheckpointError)]
}
