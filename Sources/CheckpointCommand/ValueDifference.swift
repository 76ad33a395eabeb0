internal import Checkpoint

/// By how much values differ.
struct ValueDifference {
  /// How many there are, and how many differ in at least one bit. A complex number counts as two; of
  /// dtypes smaller than a byte, bytes are counted.
  var count: UInt64 = 0
  var changedCount: UInt64 = 0
  /// How many of those are NaN or infinite on one side or both.
  var nonFiniteCount: UInt64 = 0
  /// Over pairs of finite values; nil if none of those differ.
  var largestAbsolute: Double?
  /// The same in relation to the larger of both.
  var largestRelative: Double?

  /// Takes in two pieces of the same length.
  mutating func add(
    _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, _ dtype: DType
  ) {
    var result = self
    var absolute = largestAbsolute ?? -1
    var relative = largestRelative ?? -1
    let isNumeric = ElementValues.areReadable(dtype)
    ElementValues.forEachDifference(between: a, and: b, dtype) { left, right, distance in
      result.changedCount += 1
      guard isNumeric else { return }
      guard left.isFinite, right.isFinite else {
        result.nonFiniteCount += 1
        return
      }
      absolute = max(absolute, distance)
      // 0 and -0 differ by a bit and by nothing.
      relative = max(relative, distance == 0 ? 0 : distance / max(abs(left), abs(right)))
    }
    self = result
    if absolute >= 0 { (largestAbsolute, largestRelative) = (absolute, relative) }
  }
}
