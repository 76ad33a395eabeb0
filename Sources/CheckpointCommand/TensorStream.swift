internal import Checkpoint

/// Reads tensors piece by piece through one buffer, so that memory stays bounded whatever their size.
final class TensorStream {
  private let buffer: UnsafeMutableRawBufferPointer
  /// Whole chunks of any legal size, and whole elements of any dtype.
  let pieceBytes: UInt64

  /// - Parameter chunkSizeBytes: of the files that will be read, the largest.
  init(chunkSizeBytes: Int) {
    // Several chunks, so that several threads have work.
    pieceBytes = UInt64(max(8 << 20, chunkSizeBytes))
    buffer = .allocate(byteCount: Int(pieceBytes), alignment: 64)
  }

  deinit { buffer.deallocate() }

  /// The pieces that `range` of a tensor's bytes is read in.
  func pieces(of range: Range<UInt64>) -> some Sequence<Range<UInt64>> {
    let pieceBytes = pieceBytes
    return sequence(state: range.lowerBound) { start -> Range<UInt64>? in
      guard start < range.upperBound else { return nil }
      // Later pieces begin where chunks do: none is read twice.
      let end = min((start / pieceBytes + 1) * pieceBytes, range.upperBound)
      defer { start = end }
      return start..<end
    }
  }

  /// A piece's bytes, valid until the next call.
  func read(
    _ piece: Range<UInt64>, of name: String, from reader: CheckpointReader
  ) throws(CheckpointError) -> UnsafeRawBufferPointer {
    let part = UnsafeMutableRawBufferPointer(
      rebasing: buffer[0..<Int(piece.upperBound - piece.lowerBound)])
    try reader.readBytes(name, piece, into: part)
    return UnsafeRawBufferPointer(part)
  }
}
