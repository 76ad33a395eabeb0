/// Turns the bytes of scalars round.
enum ByteOrder {
  /// Turns each scalar of `scalarBytes` (1, 2, 4 or 8) bytes round, in place.
  static func swap(_ buffer: UnsafeMutableRawBufferPointer, scalarBytes: Int) {
    switch scalarBytes {
    case 2: unsafe swap(UInt16.self, buffer)
    case 4: unsafe swap(UInt32.self, buffer)
    case 8: unsafe swap(UInt64.self, buffer)
    default: break
    }
  }

  private static func swap<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type, _ buffer: UnsafeMutableRawBufferPointer
  ) {
    for offset in stride(from: 0, to: buffer.count, by: MemoryLayout<T>.size) {
      let value = unsafe buffer.loadUnaligned(fromByteOffset: offset, as: T.self)
      unsafe buffer.storeBytes(of: value.byteSwapped, toByteOffset: offset, as: T.self)
    }
  }
}
