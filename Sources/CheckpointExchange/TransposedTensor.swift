internal import Checkpoint
internal import CheckpointIO

/// A tensor whose last axis comes first: seen as a matrix (rows, columns) it is handed out as
/// (columns, rows), the rows counted by channel and then by position. With one channel that is the
/// transposed matrix; with `channels` as the last but one axis it turns (…, channels, columns) to
/// (columns, channels, …).
struct TransposedTensor: Sendable {
  /// Bytes of the source that are read at a time: whole chunks.
  private static let pieceBytes = 8 << 20

  private let source: StreamedTensor
  private let rows: Int
  private let columns: Int
  private let channels: Int
  private let elementBytes: Int

  /// - Parameters:
  ///   - channels: divides the number of rows.
  /// - Throws: `CheckpointError` with code `invalidArgument` for elements that don't fill bytes.
  init(_ source: StreamedTensor, columns: Int, channels: Int) throws(CheckpointError) {
    guard source.dtype.bitsPerElement.isMultiple(of: 8) else {
      throw CheckpointError(
        .invalidArgument, "elements of \(source.dtype) can't be rearranged", item: source.name)
    }
    self.source = source
    self.columns = max(columns, 1)
    self.channels = max(channels, 1)
    elementBytes = source.dtype.bitsPerElement / 8
    rows = Int(source.sizeBytes) / elementBytes / self.columns
  }

  /// The tensor as it comes out.
  /// - Parameter bands: where the part is kept that is being handed out; may serve many tensors.
  func tensor(
    name: String, shape: [Int], through bands: TransposedBand
  ) throws(CheckpointError) -> StreamedTensor {
    let owner = bands.newOwner()
    let size = source.sizeBytes
    let bandBytes = UInt64(bands.budgetBytes / elementBytes * elementBytes)
    return try unsafe StreamedTensor(name: name, dtype: source.dtype, shape: shape) {
      (range, buffer) throws(CheckpointError) in
      var start = range.lowerBound
      while start < range.upperBound {
        let first = start / bandBytes * bandBytes
        let band = first..<min(first + bandBytes, size)
        let end = min(band.upperBound, range.upperBound)
        let target = unsafe UnsafeMutableRawBufferPointer(
          rebasing: buffer[Int(start - range.lowerBound)..<Int(end - range.lowerBound)])
        try unsafe bands.read(start..<end, of: band, owner: owner, into: target, fill: fill)
        start = end
      }
    }
  }

  /// Fills `buffer` with bytes `band` of what comes out, in one pass over the source.
  private func fill(
    _ band: Range<UInt64>, _ buffer: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    let perPiece = TransposedTensor.pieceBytes / elementBytes
    let count = rows * columns
    let piece = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(perPiece, count) * elementBytes, alignment: 64)
    defer { unsafe piece.deallocate() }
    let wanted = Int(band.lowerBound) / elementBytes..<Int(band.upperBound) / elementBytes
    var start = 0
    while start < count {
      let end = min(start + perPiece, count)
      let part = unsafe UnsafeMutableRawBufferPointer(
        rebasing: piece[0..<(end - start) * elementBytes])
      try unsafe source.read(
        UInt64(start * elementBytes)..<UInt64(end * elementBytes), into: part)
      let values = UnsafeRawBufferPointer(part)
      switch elementBytes {
      case 1: unsafe scatter(values, start..<end, wanted, buffer, as: UInt8.self)
      case 2: unsafe scatter(values, start..<end, wanted, buffer, as: UInt16.self)
      case 4: unsafe scatter(values, start..<end, wanted, buffer, as: UInt32.self)
      default: unsafe scatter(values, start..<end, wanted, buffer, as: UInt64.self)
      }
      start = end
    }
  }

  /// Puts elements of the source where they belong, as far as that is wanted.
  private func scatter<Element: BitwiseCopyable>(
    _ values: UnsafeRawBufferPointer, _ elements: Range<Int>, _ wanted: Range<Int>,
    _ buffer: UnsafeMutableRawBufferPointer, as type: Element.Type
  ) {
    let size = MemoryLayout<Element>.size
    let positions = rows / channels
    var element = elements.lowerBound
    while element < elements.upperBound {
      let row = element / columns
      let rowEnd = min((row + 1) * columns, elements.upperBound)
      let place = row % channels * positions + row / channels
      // Columns whose elements come out inside of the band.
      let low = (max(wanted.lowerBound - place, 0) + rows - 1) / rows
      let high = (max(wanted.upperBound - place, 0) + rows - 1) / rows
      let first = max(element - row * columns, low)
      let last = min(rowEnd - row * columns, high)
      var source = (row * columns + first - elements.lowerBound) * size
      var target = (first * rows + place - wanted.lowerBound) * size
      for _ in first..<max(first, last) {
        let value = unsafe values.loadUnaligned(fromByteOffset: source, as: Element.self)
        unsafe buffer.storeBytes(of: value, toByteOffset: target, as: Element.self)
        source += size
        target += rows * size
      }
      element = rowEnd
    }
  }
}
