/// A dense array of single-precision numbers: a shape and the elements in row-major order.
///
/// A value: copies are independent, and cost nothing until one of them is changed. The first axis
/// counts samples wherever a tensor holds data. The shape `[]` is a scalar with one element.
public struct FloatTensor: Sendable, Hashable {
  /// Lengths of the axes.
  public private(set) var shape: [Int]

  /// The elements, last axis fastest. Their count is the product of the shape.
  public private(set) var elements: [Float]

  /// Wraps elements without copying them.
  ///
  /// - Precondition: `elements.count` is the product of `shape`, and no axis is negative.
  public init(_ elements: [Float], shape: [Int]) {
    precondition(
      FloatTensor.elementCount(of: shape) == elements.count,
      "\(elements.count) elements don't fill the shape \(shape)")
    self.shape = shape
    self.elements = elements
  }

  /// A tensor whose elements all are `value`.
  public init(repeating value: Float, shape: [Int]) {
    let count = FloatTensor.elementCount(of: shape)
    precondition(count != nil, "impossible shape \(shape)")
    self.init([Float](repeating: value, count: count ?? 0), shape: shape)
  }

  /// A matrix from its rows.
  ///
  /// - Precondition: all rows have the same length.
  public init(rows: [[Float]]) {
    let columns = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == columns }, "rows of different lengths")
    self.init(Array(rows.joined()), shape: [rows.count, columns])
  }

  /// The product of a shape's axes; nil if one is negative or the product overflows.
  package static func elementCount(of shape: [Int]) -> Int? {
    var count = 1
    for length in shape {
      guard length >= 0 else { return nil }
      let (product, overflows) = count.multipliedReportingOverflow(by: length)
      guard !overflows else { return nil }
      count = product
    }
    return count
  }

  /// Length of the first axis: how many samples there are. 1 for a scalar.
  public var rowCount: Int { shape.first ?? 1 }

  /// Elements in one step of the first axis: how many numbers a sample has.
  public var rowLength: Int {
    shape.dropFirst().reduce(1, *)
  }

  /// The same elements in another shape.
  ///
  /// - Precondition: the shapes hold equally many elements.
  public func reshaped(to shape: [Int]) -> FloatTensor {
    FloatTensor(elements, shape: shape)
  }

  /// The rows in `range`, in their order.
  public func rows(_ range: Range<Int>) -> FloatTensor {
    let length = rowLength
    return FloatTensor(
      Array(elements[range.lowerBound * length..<range.upperBound * length]),
      shape: [range.count] + shape.dropFirst())
  }

  /// The rows at `indices`, in the order of the indices.
  public func rows(at indices: ArraySlice<Int>) -> FloatTensor {
    let length = rowLength
    let gathered = [Float](unsafeUninitializedCapacity: indices.count * length) { buffer, count in
      elements.withUnsafeBufferPointer { source in
        var target = buffer[...]
        for index in indices {
          let row = source[index * length..<(index + 1) * length]
          target = target[target.update(fromContentsOf: row)...]
        }
      }
      count = indices.count * length
    }
    return FloatTensor(gathered, shape: [indices.count] + shape.dropFirst())
  }

  /// Calls `body` with the elements in place, for changing them.
  public mutating func withUnsafeMutableElements<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) -> Result
  ) -> Result {
    elements.withUnsafeMutableBufferPointer { body($0) }
  }

  /// Whether both have the same shape and the same bits: unlike `==`, NaN equals itself and -0 is
  /// not 0.
  public func isBitwiseEqual(to other: FloatTensor) -> Bool {
    shape == other.shape
      && elements.elementsEqual(other.elements) { $0.bitPattern == $1.bitPattern }
  }
}
