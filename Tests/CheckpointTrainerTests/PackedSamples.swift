/// Gzip's format by hand: what a tool packs, and what no tool would.
enum PackedSamples {
  /// `IDXFileTests.bytes`, packed by a tool, with a name and a time in its header.
  static let images: [UInt8] = [
    31, 139, 8, 8, 128, 13, 233, 91, 2, 255, 105, 109, 97, 103, 101, 115, 0, 99, 96, 224, 96, 102,
    96, 96, 96, 130, 98, 102, 17, 13, 155, 128, 148, 138, 158, 5, 91, 78, 220, 249, 0, 0, 161, 151,
    181, 81, 28, 0, 0, 0,
  ]

  /// Zeros after some bytes, packed as tightly as the method allows: 13 bits for 258 of them.
  ///
  /// - Parameter start: bytes below 144.
  static func zeros(_ count: Int, after start: [UInt8]) -> [UInt8] {
    var bits = BitWriter()
    // The last block, with the codes that are fixed.
    bits.append(0b1, count: 1)
    bits.append(0b01, count: 2)
    for byte in start { bits.appendCode(0x30 + Int(byte), count: 8) }
    bits.appendCode(0x30, count: 8)
    for _ in 0..<(count - 1) / 258 {
      bits.appendCode(0b1100_0101, count: 8)
      bits.appendCode(0, count: 5)
    }
    for _ in 0..<(count - 1) % 258 { bits.appendCode(0x30, count: 8) }
    bits.appendCode(0, count: 7)
    let bytes = start + [UInt8](repeating: 0, count: count)
    return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + bits.bytes + littleEndian(checksum(bytes))
      + littleEndian(UInt32(bytes.count))
  }

  private static func littleEndian(_ value: UInt32) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// CRC-32 as gzip has it.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var table = [UInt32](repeating: 0, count: 256)
    for index in 0..<256 {
      var value = UInt32(index)
      for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
      table[index] = value
    }
    return ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }

  /// Bits, the lowest of a byte first.
  private struct BitWriter {
    var bytes: [UInt8] = []
    private var free = 0

    mutating func append(_ value: Int, count: Int) {
      for bit in 0..<count {
        if free == 0 {
          bytes.append(0)
          free = 8
        }
        bytes[bytes.count - 1] |= UInt8(value >> bit & 1) << (8 - free)
        free -= 1
      }
    }

    /// Codes come with their highest bit first.
    mutating func appendCode(_ code: Int, count: Int) {
      for bit in (0..<count).reversed() { append(code >> bit & 1, count: 1) }
    }
  }
}
