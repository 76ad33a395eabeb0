/// A sliding window along one axis: its length, and how it moves.
struct WindowAxis: Sendable, Hashable {
  /// Larger numbers are refused: with them no sum below overflows.
  static let limit = Int(Int32.max)
  /// No image has an axis as long as this.
  static let imageLimit = 1 << 40

  /// Elements of the window.
  var length: Int
  /// Pixels from one position to the next.
  var stride: Int
  /// Pixels from one element to the next.
  var dilation: Int

  /// Where the window comes to lie.
  struct Placement: Sendable, Hashable {
    /// How many positions there are.
    var count: Int
    /// Pixels of padding before the image.
    var before: Int
  }

  /// The positions over an axis of `imageLength` pixels; nil if there are none, or a number is beyond
  /// its limit.
  func placement(over imageLength: Int, padding: Padding) -> Placement? {
    guard [length, stride, dilation].allSatisfy({ (1...WindowAxis.limit).contains($0) }),
      (1...WindowAxis.imageLimit).contains(imageLength)
    else { return nil }
    let reach = (length - 1) * dilation + 1
    switch padding {
    case .valid:
      guard reach <= imageLength else { return nil }
      return Placement(count: (imageLength - reach) / stride + 1, before: 0)
    case .same:
      let count = (imageLength - 1) / stride + 1
      let added = max(0, (count - 1) * stride + reach - imageLength)
      return Placement(count: count, before: added / 2)
    }
  }
}
