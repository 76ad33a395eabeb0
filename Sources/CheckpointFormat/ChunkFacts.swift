/// What is found out about a chunk's bytes in one pass over them.
struct ChunkFacts {
  /// CRC-32C.
  let checksum: UInt32
  /// How many values are NaN or infinite.
  let nonFiniteCount: Int

  /// - Parameter countNonFinite: gets piece by piece, with its place, and says how many of its values are NaN or
  ///   infinite.
  init(
    of bytes: UnsafeRawBufferPointer,
    countingNonFinite countNonFinite: (UnsafeRawBufferPointer, Int) -> Int
  ) {
    var count = 0
    checksum = unsafe CRC32C.checksum(
      bytes,
      preparing: { piece, start in
        count += unsafe countNonFinite(piece, start)
      })
    nonFiniteCount = count
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
