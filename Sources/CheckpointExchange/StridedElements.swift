internal import Checkpoint
internal import CheckpointIO

/// Elements that another tool keeps in another order than row by row: in Fortran's, or as a view of
/// a storage. They are held in memory as they are in the file while they are given out in order, and let
/// go after the last.
@safe
final class StridedElements: Sendable {
  /// Fills the buffer with the source's bytes from an offset on.
  typealias Source =
    @Sendable (UnsafeMutableRawBufferPointer, UInt64) throws(CheckpointError) -> Void

  let shape: [Int]
  /// In elements, one for each dimension; not negative.
  private let strides: [Int]
  let elementBytes: Int
  /// How many elements of the source are touched: up to the last of them.
  private let spanCount: Int
  private let source: Source
  private let lock = Condition()
  // Guarded by `lock`.
  private nonisolated(unsafe) var held: [UInt8]?

  /// Larger ones don't go through memory.
  static let sizeLimit: UInt64 = 4 << 30

  /// - Parameters:
  ///   - strides: how many elements further on the next is in each dimension.
  ///   - source: the bytes from the first element on.
  /// - Throws: `CheckpointError`: `corrupt` for strides that leave 64 bits; `limitExceeded`.
  init(
    shape: [Int], strides: [Int], elementBytes: Int, source: @escaping Source
  ) throws(CheckpointError) {
    precondition(shape.count == strides.count)
    self.shape = shape
    self.strides = strides
    self.elementBytes = elementBytes
    unsafe self.source = unsafe source
    spanCount = try Self.span(shape: shape, strides: strides)
    let (size, overflow) = UInt64(spanCount).multipliedReportingOverflow(by: UInt64(elementBytes))
    guard !overflow, size <= Self.sizeLimit else {
      throw CheckpointError(
        .limitExceeded, "\(spanCount) elements that aren't in row-major order",
        advice: "save the array contiguous, in C order")
    }
  }

  /// The strides of elements that follow one another, the last index changing fastest.
  static func rowMajor(_ shape: [Int]) -> [Int] { Array(columnMajor(shape.reversed()).reversed()) }

  /// The strides of elements that follow one another, the first index changing fastest.
  static func columnMajor(_ shape: [Int]) -> [Int] {
    var stride = 1
    return shape.map { extent in
      defer { stride = stride.multipliedReportingOverflow(by: max(1, extent)).partialValue }
      return stride
    }
  }

  /// How many elements a view reaches over: from its first to its last.
  /// - Throws: `CheckpointError` with code `corrupt` for strides that are negative or leave 64 bits.
  static func span(shape: [Int], strides: [Int]) throws(CheckpointError) -> Int {
    guard !shape.contains(0) else { return 0 }
    var last = 0
    for (extent, stride) in zip(shape, strides) {
      let (product, overflow) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, sumOverflow) = last.addingReportingOverflow(product)
      guard stride >= 0, !overflow, !sumOverflow, sum < .max else {
        throw CheckpointError(.corrupt, "impossible strides \(strides)")
      }
      last = sum
    }
    return last + 1
  }

  /// Fills `buffer` with elements `range`, counted row by row.
  func read(_ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer) throws(CheckpointError)
  {
    guard !range.isEmpty else { return }
    let bytes = try lock.withLock { () throws(CheckpointError) in
      let bytes: [UInt8]
      if let held = unsafe held { bytes = held } else { bytes = try load() }
      let isLast = range.upperBound == shape.reduce(1, *)
      unsafe held = isLast ? nil : bytes
      return bytes
    }
    unsafe bytes.withUnsafeBytes { bytes in unsafe gather(range, from: bytes, into: buffer) }
  }

  private func load() throws(CheckpointError) -> [UInt8] {
    var result: Result<Void, CheckpointError> = .success(())
    let bytes = unsafe [UInt8](
      unsafeUninitializedCapacity: spanCount * elementBytes
    ) { buffer, count in
      result = Result { () throws(CheckpointError) in
        try unsafe source(UnsafeMutableRawBufferPointer(buffer), 0)
        count = buffer.count
      }
    }
    try result.get()
    return bytes
  }

  private func gather(
    _ range: Range<Int>, from source: UnsafeRawBufferPointer,
    into buffer: UnsafeMutableRawBufferPointer
  ) {
    precondition(buffer.count == range.count * elementBytes)
    precondition(source.count == spanCount * elementBytes)
    switch elementBytes {
    case 1: unsafe gather(UInt8.self, range, from: source, into: buffer)
    case 2: unsafe gather(UInt16.self, range, from: source, into: buffer)
    case 4: unsafe gather(UInt32.self, range, from: source, into: buffer)
    case 8: unsafe gather(UInt64.self, range, from: source, into: buffer)
    default: preconditionFailure("no element has \(elementBytes) bytes")
    }
  }

  private func gather<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type, _ range: Range<Int>, from source: UnsafeRawBufferPointer,
    into buffer: UnsafeMutableRawBufferPointer
  ) {
    // The indices of the first element, and its place in the source.
    var indices = shape
    var rest = range.lowerBound
    var place = 0
    for axis in shape.indices.reversed() {
      indices[axis] = rest % shape[axis]
      rest /= shape[axis]
      place += indices[axis] * strides[axis]
    }
    let width = MemoryLayout<T>.size
    let inner = shape.last ?? 1
    let step = strides.last ?? 1
    var done = 0
    while done < range.count {
      // Along the last dimension without a look at the others. Each place is below `spanCount`, as
      // `span` has found.
      let count = min(inner - (indices.last ?? 0), range.count - done)
      for index in 0..<count {
        let value = unsafe source.loadUnaligned(
          fromByteOffset: (place + index * step) * width, as: T.self)
        unsafe buffer.storeBytes(of: value, toByteOffset: (done + index) * width, as: T.self)
      }
      done += count
      guard done < range.count else { return }
      var axis = shape.count - 1
      place -= indices[axis] * step
      indices[axis] = 0
      repeat {
        axis -= 1
        indices[axis] += 1
        place += strides[axis]
        guard indices[axis] == shape[axis] else { break }
        place -= indices[axis] * strides[axis]
        indices[axis] = 0
      } while true
    }
  }
}
