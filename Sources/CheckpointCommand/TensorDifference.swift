internal import Checkpoint

/// How two tensors of one name differ.
struct TensorDifference {
  /// What the files say of them.
  var a: TensorInfo
  var b: TensorInfo
  /// By how much the values differ; nil if the dtypes or shapes do, or nothing but what the one or the
  /// other is an alias of.
  var values: ValueDifference?

  /// Why there is no comparing the values.
  var reason: String? {
    if a.dtype != b.dtype { return "dtype" }
    if a.shape != b.shape { return "shape" }
    return a.aliasOf.map { Array($0.utf8) } == b.aliasOf.map { Array($0.utf8) } ? nil : "alias"
  }
}
