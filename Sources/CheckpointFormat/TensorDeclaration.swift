/// A tensor to be written: what is known before its data.
public struct TensorDeclaration: Sendable, Hashable {
  /// Its name: 1 to 4096 UTF-8 bytes without a zero byte.
  public var name: String
  /// The elements' type.
  public var dtype: DType
  /// The extent of each dimension; at most 64 dimensions.
  public var shape: [Int]
  /// The tensor it is the same as (tied weights), which has the same dtype and shape.
  public var aliasOf: String?

  /// A tensor of the given facts.
  public init(name: String, dtype: DType, shape: [Int], aliasOf: String? = nil) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.aliasOf = aliasOf
  }
}

extension TensorDeclaration {
  /// Logical bytes, checked.
  package func sizeBytes() throws(FormatError) -> UInt64 {
    guard shape.count <= FormatLimits.rank else {
      throw FormatError(.rank, "\"\(name)\" has rank \(shape.count); at most 64 is allowed")
    }
    var elements: UInt64 = 1
    for dimension in shape {
      guard dimension >= 0,
        case let product = elements.multipliedReportingOverflow(by: UInt64(dimension)),
        !product.overflow
      else { throw FormatError(.tensorSize, "\"\(name)\" has the impossible shape \(shape)") }
      elements = product.partialValue
    }
    guard let size = dtype.sizeBytes(elements: elements), size <= UInt64(Int.max) else {
      throw FormatError(.tensorSize, "\"\(name)\" of dtype \(dtype) can't have the shape \(shape)")
    }
    return size
  }
}
