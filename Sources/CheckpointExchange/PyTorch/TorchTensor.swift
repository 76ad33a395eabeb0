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

/// A view of a storage, as a pickle speaks of it: nothing of it has been compared with the storage.
struct TorchTensor {
  var storage: TorchStorage
  var dtype: DType
  /// The first element, in elements from the storage's start.
  var offset: Int
  var shape: [Int]
  /// In elements.
  var strides: [Int]
}
