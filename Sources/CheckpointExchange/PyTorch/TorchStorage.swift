internal import Checkpoint

/// The bytes of one or more tensors, as a pickle speaks of them.
struct TorchStorage {
  /// The name of its member below `data/`.
  var key: String
  /// Nil if the tensors say it.
  var dtype: DType?
  /// Elements, or bytes if there is no dtype.
  var count: Int64
}
