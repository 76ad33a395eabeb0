internal import Checkpoint

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
