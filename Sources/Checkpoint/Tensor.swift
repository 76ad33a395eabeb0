public import CheckpointFormat

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A tensor as it is saved and loaded: dtype, shape, and the elements' bytes in row-major order,
/// little endian. A value; wraps a Swift array without copying it.
public struct Tensor: Sendable {
  /// The elements' type.
  public let dtype: DType
  /// The extent of each dimension; empty for a single number.
  public let shape: [Int]
  let storage: any TensorStorage

  /// Wraps an array, without a copy.
  /// - Parameters:
  ///   - elements: as many as the shape's product; anything else is a bug of the caller's.
  ///   - shape: all of `elements` in one dimension if left out.
  public init<T: TensorElement>(_ elements: [T], shape: [Int]? = nil) {
    T.checkSize()
    let shape = shape ?? [elements.count]
    precondition(
      shape.allSatisfy { $0 >= 0 } && Tensor.elementCount(shape) == elements.count,
      "\(elements.count) elements don't make a tensor of shape \(shape)")
    dtype = T.dtype
    self.shape = shape
    storage = ArrayStorage(elements: elements)
  }

  /// A tensor of rank 0.
  public init<T: TensorElement>(scalar: T) {
    self.init([scalar], shape: [])
  }

  /// A tensor of any dtype from its bytes, without a copy.
  /// - Throws: `CheckpointError` with code `mismatch` if the number of bytes is not what dtype and
  ///   shape ask for.
  public init(dtype: DType, shape: [Int], bytes: [UInt8]) throws(CheckpointError) {
    self.dtype = dtype
    self.shape = shape
    storage = ArrayStorage(elements: bytes)
    try checkSize()
  }

  init(dtype: DType, shape: [Int], storage: any TensorStorage) {
    self.dtype = dtype
    self.shape = shape
    self.storage = storage
  }

  private func checkSize() throws(CheckpointError) {
    let size: UInt64
    do throws(FormatError) {
      size = try TensorDeclaration(name: "", dtype: dtype, shape: shape).sizeBytes()
    } catch {
      throw CheckpointError(error)
    }
    guard size == UInt64(storage.byteCount) else {
      throw CheckpointError(
        .mismatch, "\(storage.byteCount) bytes; \(dtype) of shape \(shape) takes \(size)")
    }
  }

  /// How many elements there are.
  public var count: Int { Tensor.elementCount(shape) }

  /// With a 0 the other numbers may be anything, and their product beyond Int.
  private static func elementCount(_ shape: [Int]) -> Int {
    shape.contains(0) ? 0 : shape.reduce(1, *)
  }

  /// How many bytes they take.
  public var sizeBytes: Int { storage.byteCount }

  /// The elements as a Swift array: the very array if it was made from one of that type, or loaded
  /// so; otherwise a copy.
  /// - Throws: `CheckpointError` with code `mismatch` if the dtype is another.
  public func elements<T: TensorElement>(as type: T.Type = T.self) throws(CheckpointError) -> [T] {
    T.checkSize()
    guard T.dtype == dtype else {
      throw CheckpointError(
        .mismatch, "the tensor has dtype \(dtype); \(T.self) reads \(T.dtype)")
    }
    if let array = storage as? ArrayStorage<T> { return array.elements }
    if T.self == Bool.self {
      // A byte other than 0 and 1 is no Bool for Swift.
      let values: [Bool] = storage.withUnsafeBytes { bytes in bytes.map { $0 != 0 } }
      if let values = values as? [T] { return values }
    }
    let count = count
    return storage.withUnsafeBytes { bytes in
      [T](unsafeUninitializedCapacity: count) { buffer, initialized in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
        initialized = count
      }
    }
  }

  /// The elements' bytes, valid only inside `body`.
  public func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try storage.withUnsafeBytes(body)
  }

  /// How many values are NaN or infinite; a complex number's parts count each by itself.
  public var nonFiniteCount: Int {
    storage.withUnsafeBytes { NonFinite.count(in: $0, dtype: dtype) }
  }
}

extension Tensor: Equatable {
  /// Equal if dtype, shape and all bytes are: NaN equals the same NaN, 0 differs from -0.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.dtype == b.dtype && a.shape == b.shape
      && a.withUnsafeBytes { a in
        b.withUnsafeBytes { b in
          guard a.count == b.count, let left = a.baseAddress, let right = b.baseAddress else {
            return a.count == b.count
          }
          return memcmp(left, right, a.count) == 0
        }
      }
  }
}
