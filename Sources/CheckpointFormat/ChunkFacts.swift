/// What is found out about a chunk's bytes in one pass over them.
struct ChunkFacts {
  /// CRC-32C.
  private(set) var checksum: UInt32 = 0
  /// How many values are NaN or infinite.
  private(set) var nonFiniteCount = 0

  /// Bytes that are summed up, scanned and passed on while they are in the first caches.
  static let pieceBytes = 1 << 17

  /// - Parameters:
  ///   - bytes: elements of `dtype`.
  ///   - pass: gets piece by piece, with its place, what has just been looked at.
  init(
    of bytes: UnsafeRawBufferPointer, dtype: DType,
    passing pass: (UnsafeRawBufferPointer, Int) -> Void = { _, _ in }
  ) {
    for start in stride(from: 0, to: bytes.count, by: ChunkFacts.pieceBytes) {
      let end = min(start + ChunkFacts.pieceBytes, bytes.count)
      let piece = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      checksum = unsafe CRC32C.checksum(piece, continuing: checksum)
      nonFiniteCount += unsafe NonFinite.count(in: piece, dtype: dtype)
      unsafe pass(piece, start)
    }
  }

  /// - Parameter target: gets the bytes too; as long as they are.
  init(
    of bytes: UnsafeRawBufferPointer, dtype: DType, copyingTo target: UnsafeMutableRawBufferPointer
  ) {
    unsafe self.init(of: bytes, dtype: dtype) { piece, start in
      unsafe UnsafeMutableRawBufferPointer(rebasing: target[start..<start + piece.count])
        .copyMemory(from: piece)
    }
  }
}
