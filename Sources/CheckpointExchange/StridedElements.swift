internal import Checkpoint
internal import CheckpointIO

/// Elements that another tool keeps in another order than row by row: in Fortran's, or as a view of
/// a storage. While they are given out in order, those of some rows are held in memory, or if they
/// lie too scattered all of them; they are let go after the last.
@safe
final class StridedElements: Sendable {
  /// Fills the buffer with the source's bytes from an offset on.
  typealias Source =
    @Sendable (UnsafeMutableRawBufferPointer, UInt64) throws(CheckpointError) -> Void

  /// Bytes of some rows as they are in the source, or without what other rows have between them.
  private struct Slab {
    var rows: Range<Int>
    var strides: [Int]
    var bytes: [UInt8]
  }

  let shape: [Int]
  let elementBytes: Int
  /// In elements, one for each dimension; not negative.
  private let strides: [Int]
  /// How many elements of the source are touched: up to the last of them.
  private let spanCount: Int
  /// Rows that are held at a time: all, unless many follow one another in the source.
  private let slabRows: Int
  private let source: Source
  private let lock = Condition()
  // Guarded by `lock`.
  private nonisolated(unsafe) var held: Slab?

  /// Larger ones that are scattered don't go through memory.
  static let sizeLimit: UInt64 = 4 << 30
  /// Shorter reads cost more than they bring.
  private static let shortestRunBytes = 512

  /// - Parameters:
  ///   - strides: how many elements further on the next is in each dimension.
  ///   - slabBytes: how much is held at a time, where that is possible.
  ///   - source: the bytes from the first element on.
  /// - Throws: `CheckpointError`: `corrupt` for strides that leave 64 bits; `limitExceeded`.
  init(
    shape: [Int], strides: [Int], elementBytes: Int, slabBytes: Int = 256 << 20,
    shortestRunBytes: Int = StridedElements.shortestRunBytes, source: @escaping Source
  ) throws(CheckpointError) {
    precondition(shape.count == strides.count)
    self.shape = shape
    // Of an axis with one index the stride means nothing, and may be any number.
    self.strides = zip(shape, strides).map { $0 == 1 ? 0 : $1 }
    self.elementBytes = elementBytes
    unsafe self.source = unsafe source
    spanCount = try Self.span(shape: shape, strides: strides)
    let (size, overflow) = UInt64(spanCount).multipliedReportingOverflow(by: UInt64(elementBytes))
    let rowCount = shape.first ?? 1
    var slabRows = rowCount
    // One row after the other in the source: some can be held without the others.
    if !overflow, size > UInt64(slabBytes), strides == Self.columnMajor(shape), rowCount > 0 {
      let rows = slabBytes / (spanCount / rowCount * elementBytes)
      if rows * elementBytes >= shortestRunBytes { slabRows = min(rows, rowCount) }
    }
    self.slabRows = slabRows
    guard !overflow, size <= Self.sizeLimit || slabRows < rowCount else {
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
    precondition(buffer.count == range.count * elementBytes)
    // With a 0 the other extents may be anything.
    guard !range.isEmpty else { return }
    let rowSize = shape.dropFirst().reduce(1, *)
    var first = range.lowerBound
    while first < range.upperBound {
      let slab = try slab(of: first / rowSize)
      let start = slab.rows.lowerBound * rowSize
      let end = min(range.upperBound, slab.rows.upperBound * rowSize)
      let part = unsafe UnsafeMutableRawBufferPointer(
        rebasing: buffer[
          (first - range.lowerBound) * elementBytes..<(end - range.lowerBound) * elementBytes])
      unsafe slab.bytes.withUnsafeBytes { bytes in
        unsafe gather(first - start..<end - start, strides: slab.strides, from: bytes, into: part)
      }
      first = end
      guard slab.rows.upperBound == (shape.first ?? 1), end == slab.rows.upperBound * rowSize else {
        continue
      }
      lock.withLock { unsafe held = nil }
    }
  }

  /// The slab that has a row.
  private func slab(of row: Int) throws(CheckpointError) -> Slab {
    try lock.withLock { () throws(CheckpointError) in
      if let slab = unsafe held, slab.rows.contains(row) { return slab }
      unsafe held = nil
      let first = row / slabRows * slabRows
      let slab = try load(first..<min(first + slabRows, shape.first ?? 1))
      unsafe held = slab
      return slab
    }
  }

  private func load(_ rows: Range<Int>) throws(CheckpointError) -> Slab {
    let rowCount = shape.first ?? 1
    let isWhole = rows.count == rowCount
    let count = isWhole ? spanCount : spanCount / rowCount * rows.count
    var result: Result<Void, CheckpointError> = .success(())
    let bytes = unsafe [UInt8](
      unsafeUninitializedCapacity: count * elementBytes
    ) { buffer, initialized in
      let buffer = UnsafeMutableRawBufferPointer(buffer)
      result = Result { () throws(CheckpointError) in
        let runBytes = isWhole ? buffer.count : rows.count * elementBytes
        for run in 0..<buffer.count / runBytes {
          let place = isWhole ? 0 : run * rowCount + rows.lowerBound
          try unsafe source(
            UnsafeMutableRawBufferPointer(
              rebasing: buffer[run * runBytes..<(run + 1) * runBytes]),
            UInt64(place * elementBytes))
        }
        initialized = buffer.count
      }
    }
    try result.get()
    let strides = isWhole ? strides : Self.columnMajor([rows.count] + shape.dropFirst())
    return Slab(rows: rows, strides: strides, bytes: bytes)
  }
}
