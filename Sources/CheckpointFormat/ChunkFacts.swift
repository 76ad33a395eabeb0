/// What is found out about a chunk's bytes in one pass over them.
struct ChunkFacts {
  /// CRC-32C.
  private(set) var checksum: UInt32 = 0
  /// How many values are NaN or infinite.
  private(set) var nonFiniteCount = 0

  /// Bytes that are summed up, scanned and copied while they are in the first cache or near.
  static let pieceBytes = 1 << 17

  /// - Parameter target: gets the bytes too, unless nil; as long as they are.
  init(
    of bytes: UnsafeRawBufferPointer, dtype: DType, copyingTo target: UnsafeMutableRawBufferPointer?
  ) {
    var start = 0
    while start < bytes.count {
      let end = min(start + ChunkFacts.pieceBytes, bytes.count)
      let piece = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      checksum = unsafe CRC32C.checksum(piece, continuing: checksum)
      nonFiniteCount += unsafe NonFinite.count(in: piece, dtype: dtype)
      if let target = unsafe target {
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[start..<end]).copyMemory(from: piece)
      }
      start = end
    }
  }
}
