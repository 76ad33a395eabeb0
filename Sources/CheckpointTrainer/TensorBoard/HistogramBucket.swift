/// How many of some numbers lie between two edges.
package struct HistogramBucket: Sendable, Hashable {
  package var lower: Double
  package var upper: Double
  package var count: Double

  /// As many as TensorBoard has them by default.
  private static let bucketCount = 30

  /// 30 buckets of equal width from the least number to the greatest, as `tf.summary.histogram` makes
  /// them: all of no width with everything in the last one where there is but one value; all of 0 where
  /// there is none. NaN and the infinities, which lie nowhere, are left out.
  package static func buckets(of values: [Float]) -> [HistogramBucket] {
    let numbers = values.filter(\.isFinite).map(Double.init)
    let least = numbers.min() ?? 0
    let greatest = numbers.max() ?? 0
    let range = greatest - least
    var buckets = (0..<bucketCount).map { index in
      HistogramBucket(
        lower: least + range * Double(index) / Double(bucketCount),
        upper: index == bucketCount - 1
          ? greatest : least + range * Double(index + 1) / Double(bucketCount), count: 0)
    }
    let width = range / Double(bucketCount)
    for number in numbers {
      let index = width > 0 ? Int((number - least) / width) : bucketCount - 1
      buckets[min(index, bucketCount - 1)].count += 1
    }
    return buckets
  }
}
