#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

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
    guard let first = range.first else { return true }
    // Compared with itself one byte on: equal throughout only if every byte equals the next.
    guard bytes[first] == 0 else { return false }
    return unsafe bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return true }
      return unsafe memcmp(base + first, base + first + 1, range.count - 1) == 0
    }
  }
}
