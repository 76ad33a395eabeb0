/// What is found out about a chunk's bytes in one pass over them.
struct ChunkFacts {
  /// CRC-32C.
  private(set) var checksum: UInt32 = 0
  /// How many values are NaN or infinite.
  private(set) var nonFiniteCount = 0

  /// Bytes that are summed up, scanned and passed on while they are in the first caches.
  static let pieceBytes = 1 << 17

  /// - Parameter countNonFinite: gets piece by piece, with its place, and says how many of its values are NaN or
  ///   infinite.
  init(
    of bytes: UnsafeRawBufferPointer,
    countingNonFinite countNonFinite: (UnsafeRawBufferPointer, Int) -> Int
  ) {
    for start in stride(from: 0, to: bytes.count, by: ChunkFacts.pieceBytes) {
      let end = min(start + ChunkFacts.pieceBytes, bytes.count)
      let piece = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      checksum = unsafe CRC32C.checksum(piece, continuing: checksum)
      nonFiniteCount += unsafe countNonFinite(piece, start)
    }
  }

  /// - Parameter bytes: elements of `dtype`.
  init(of bytes: UnsafeRawBufferPointer, dtype: DType) {
    unsafe self.init(of: bytes) { piece, _ in unsafe NonFinite.count(in: piece, dtype: dtype) }
  }

  /// - Parameter target: gets the bytes too; as long as they are.
  init(
    of bytes: UnsafeRawBufferPointer, dtype: DType, copyingTo target: UnsafeMutableRawBufferPointer
  ) {
    unsafe self.init(of: bytes) { piece, start in
      unsafe UnsafeMutableRawBufferPointer(rebasing: target[start..<start + piece.count])
        .copyMemory(from: piece)
      return unsafe NonFinite.count(in: piece, dtype: dtype)
    }
  }
}
