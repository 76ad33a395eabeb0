public import Checkpoint

/// What of a state passes from one format to another, and in what form.
public struct ExchangeOptions: Sendable {
  /// How tensors are named and laid out.
  public enum Layout: String, Sendable, Hashable, CaseIterable {
    /// As they are in the source.
    case original
    /// As `torch.nn.Sequential` has them in its state dict.
    case torch
  }

  /// Names, or patterns of names with `*` and `?`, of the tensors that pass; all if empty.
  public var only: [String] = []
  /// Whether only what is needed to compute with the model passes: no state of the optimizer, no
  /// position, no generators.
  public var weightsOnly = false
  /// Layout of the model's tensors; others than `original` take a model that the trainer saved.
  public var layout = Layout.original
  /// New names, applied after all else; of several that apply to a name the first one counts.
  public var renames: [TensorRename] = []
  /// What tensors of floating point are rounded to: `f32`, `f16` or `bf16`; nil leaves them.
  public var cast: DType?

  /// Everything, as it is.
  public init() {}
}
