internal import CCheckpointShims

/// Bytes read as little-endian numbers at offsets the caller has checked. An offset outside is a
/// bug of the caller's and stops the program, in release builds too; it never reads out of bounds.
package struct ByteView: Sendable {
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  package var count: Int { bytes.count }

  /// The integer at `offset`.
  package func integer<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type = T.self, at offset: Int
  ) -> T {
    precondition(offset >= 0 && offset <= bytes.count - MemoryLayout<T>.size)
    return T(
      littleEndian: unsafe bytes.withUnsafeBytes {
        unsafe $0.loadUnaligned(fromByteOffset: offset, as: T.self)
      })
  }

  package func u8(_ offset: Int) -> UInt8 { bytes[offset] }
  package func u16(_ offset: Int) -> UInt16 { integer(at: offset) }
  package func u32(_ offset: Int) -> UInt32 { integer(at: offset) }
  package func u64(_ offset: Int) -> UInt64 { integer(at: offset) }

  /// The CRC-32C of `range`, going on from `previous`.
  package func checksum(_ range: Range<Int>, continuing previous: UInt32 = 0) -> UInt32 {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    return unsafe bytes.withUnsafeBytes {
      unsafe CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[range]), continuing: previous)
    }
  }

  /// Whether all bytes of `range` are zero.
  package func isZero(_ range: Range<Int>) -> Bool {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    return unsafe bytes.withUnsafeBytes {
      unsafe ckpt_is_zero(UnsafeRawBufferPointer(rebasing: $0[range]).baseAddress, range.count)
    }
  }

  /// Whether the bytes of `a` come before those of `b` in lexicographic order.
  package func precedes(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
    precondition(a.lowerBound >= 0 && a.upperBound <= bytes.count)
    precondition(b.lowerBound >= 0 && b.upperBound <= bytes.count)
    return unsafe bytes.withUnsafeBytes {
      unsafe UnsafeRawBufferPointer(rebasing: $0[a])
        .lexicographicallyPrecedes(UnsafeRawBufferPointer(rebasing: $0[b]))
    }
  }

  /// Whether `range` holds ASCII only, and no zero byte; then it is text that can be cut anywhere.
  package func isPlainText(_ range: Range<Int>) -> Bool {
    var offset = range.lowerBound
    while offset + 8 <= range.upperBound {
      let word = u64(offset)
      // A byte of zero borrows, which sets a high bit.
      if (word &- 0x0101_0101_0101_0101 | word) & 0x8080_8080_8080_8080 != 0 { return false }
      offset += 8
    }
    return bytes[offset..<range.upperBound].allSatisfy { (1..<0x80).contains($0) }
  }
}
