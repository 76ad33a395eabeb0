public import Checkpoint

/// What passes between formats: tensors that stream, and all else in memory.
public struct ExchangeState: Sendable {
  /// Steps, metrics, tags, documents and blobs; its `tensors` are empty. `aliases` says which of the
  /// tensors are the same as which.
  public var checkpoint: Checkpoint
  /// The tensors, in the order of their source. Tied weights are tensors of their own, each with all
  /// its bytes.
  public var tensors: [StreamedTensor]
  /// What the source had and this can't carry, a line each, for people.
  public var losses: [String]

  /// A state of the given parts.
  public init(
    checkpoint: Checkpoint = Checkpoint(), tensors: [StreamedTensor] = [], losses: [String] = []
  ) {
    self.checkpoint = checkpoint
    self.tensors = tensors
    self.losses = losses
  }
}
