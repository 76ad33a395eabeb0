internal import Checkpoint

/// What a tensor's values are like, from one pass over them, or two if there are many.
struct TensorStatistics {
  /// How many values there are; a complex number counts as two.
  var count = 0
  var zeroCount = 0
  var nanCount = 0
  /// Infinities of either sign.
  var infiniteCount = 0
  /// Over finite values; nil if there are none. So are mean and standard deviation.
  var minimum: Double?
  var maximum: Double?
  /// How many finite values lie in each of equally wide bins from minimum to maximum.
  var histogram: [Int] = []

  /// Sums are taken of distances from the first value: large means then cost no digits.
  private var origin = 0.0
  private var sum = 0.0
  private var sumOfSquares = 0.0

  static let binCount = 16

  var finiteCount: Int { count - nanCount - infiniteCount }

  var mean: Double? { minimum == nil ? nil : origin + sum / Double(finiteCount) }

  /// Of the population, as numpy's `std`.
  var standardDeviation: Double? {
    guard minimum != nil else { return nil }
    let mean = sum / Double(finiteCount)
    return max(0, sumOfSquares / Double(finiteCount) - mean * mean).squareRoot()
  }

  /// Of a selection.
  /// - Throws: `CheckpointError` if it can't be read.
  init(
    _ selection: TensorSelection, in reader: CheckpointReader, through stream: TensorStream
  ) throws(CheckpointError) {
    let (name, dtype) = (selection.info.name, selection.info.dtype)
    var last: UnsafeRawBufferPointer?
    var pieceCount = 0
    for piece in stream.pieces(of: selection.byteRange) {
      let bytes = try stream.read(piece, of: name, from: reader)
      add(bytes, dtype)
      last = bytes
      pieceCount += 1
    }
    guard let minimum, let maximum else { return }
    histogram = [Int](repeating: 0, count: TensorStatistics.binCount)
    if pieceCount == 1, let last {
      sort(last, dtype, from: minimum, to: maximum)
    } else {
      for piece in stream.pieces(of: selection.byteRange) {
        sort(try stream.read(piece, of: name, from: reader), dtype, from: minimum, to: maximum)
      }
    }
  }

  private mutating func add(_ bytes: UnsafeRawBufferPointer, _ dtype: DType) {
    var result = self
    var low = minimum ?? .infinity
    var high = maximum ?? -.infinity
    ElementValues.forEach(in: bytes, dtype) { value in
      result.count += 1
      guard value.isFinite else {
        if value.isNaN { result.nanCount += 1 } else { result.infiniteCount += 1 }
        return
      }
      if value == 0 { result.zeroCount += 1 }
      if low > high { result.origin = value }
      low = min(low, value)
      high = max(high, value)
      let distance = value - result.origin
      result.sum += distance
      result.sumOfSquares += distance * distance
    }
    self = result
    if low <= high { (minimum, maximum) = (low, high) }
  }

  private mutating func sort(
    _ bytes: UnsafeRawBufferPointer, _ dtype: DType, from low: Double, to high: Double
  ) {
    let bins = Double(TensorStatistics.binCount)
    // Halved, because the distance of two Doubles may be no Double.
    let width = high / 2 - low / 2
    var counts = histogram
    ElementValues.forEach(in: bytes, dtype) { value in
      guard value.isFinite else { return }
      let place = width > 0 ? (value / 2 - low / 2) / width * bins : 0
      counts[min(TensorStatistics.binCount - 1, Int(place))] += 1
    }
    histogram = counts
  }

  /// The histogram in block characters; an empty bin is a space, any other at least the lowest block.
  var drawing: String {
    let blocks = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    guard let highest = histogram.max(), highest > 0 else { return "" }
    return histogram.map { count in
      count == 0 ? " " : blocks[(count * 8 - 1) / highest]
    }.joined()
  }

  /// For `--json`.
  var json: JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    return [
      "count": .count(count), "min": number(minimum), "max": number(maximum),
      "mean": number(mean), "std": number(standardDeviation), "zeros": .count(zeroCount),
      "nan": .count(nanCount), "infinite": .count(infiniteCount),
      "histogram": .array(histogram.map { .count($0) }),
    ]
  }
}
