public import CheckpointFormat

/// Everything that is needed to go on with a training run: a value to fill, save, load and compare.
///
/// ```swift
/// var checkpoint = Checkpoint(step: 4800, epoch: 12)
/// checkpoint.tensors["model/dense/kernel"] = Tensor(weights, shape: [784, 64])
/// checkpoint.metrics["val_acc"] = 0.97
/// checkpoint.documents["architecture"] = ["class_name": "Sequential"]
/// ```
public struct Checkpoint: Sendable, Equatable {
  /// Optimizer steps done.
  public var step: UInt64?
  /// Epochs done.
  public var epoch: UInt64?
  /// When the state was saved; the store and the writer set it if it is nil.
  public var wallTime: Timestamp?
  /// The training run it belongs to; the store sets it.
  public var runID: UniqueID = .none
  /// Values by metric name. NaN and the infinities are kept, and never rank.
  public var metrics: [String: Double] = [:]
  /// Metrics whose value is not known yet.
  public var pendingMetrics: Set<String> = []
  /// Marks, such as `final`.
  public var tags: Set<String> = []
  /// JSON documents by name: architecture, training configuration, history. At most 64 MiB
  /// together with the blobs.
  public var documents: [String: JSONValue] = [:]
  /// Bytes by name: generator states.
  public var blobs: [String: [UInt8]] = [:]
  /// Tensors by name; names are paths by custom, such as `model/dense_1/kernel`.
  public var tensors: [String: Tensor] = [:]
  /// Further names of tensors (tied weights): alias to tensor. Stored once.
  public var aliases: [String: String] = [:]

  /// An empty checkpoint.
  public init(step: UInt64? = nil, epoch: UInt64? = nil) {
    self.step = step
    self.epoch = epoch
  }

  /// What a file's summary says; without documents, blobs and tensors.
  package init(_ summary: CheckpointSummary) {
    step = summary.step
    epoch = summary.epoch
    wallTime = summary.wallTime
    runID = summary.runID
    metrics = summary.metrics
    pendingMetrics = summary.pendingMetrics
    tags = summary.tags
  }

  /// The tensor of that name, aliases followed.
  public func tensor(_ name: String) -> Tensor? {
    tensors[name] ?? aliases[name].flatMap { tensors[$0] }
  }
}
