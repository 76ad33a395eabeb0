import CCheckpointShims
import CheckpointFormat
import Testing

import struct SimulatedDisk.SplitMix64

@Suite("CRC-32C")
struct CRC32CTests {
  /// The definition, bit by bit.
  private func reference(_ bytes: some Sequence<UInt8>, continuing previous: UInt32 = 0) -> UInt32 {
    var crc = ~previous
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
    return ~crc
  }

  @Test(
    "has the values of FORMAT.md §1 and RFC 3720 §B.4",
    arguments: [
      (Array("123456789".utf8), 0xE306_9283), (Array(repeating: 0, count: 32), 0x8A91_36AA),
      (Array(repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
      (Array((0..<32).reversed()), 0x113F_DB5C), ([], 0),
    ] as [([UInt8], UInt32)])
  func vectors(_ bytes: [UInt8], _ expected: UInt32) {
    #expect(CRC32C.checksum(bytes) == expected)
    #expect(ckpt_crc32c_portable(0, bytes, bytes.count) == expected)
  }

  @Test("is the same by the CPU's instructions and without, at every length and offset")
  func hardwareAndPortable() {
    var random = SplitMix64(seed: 1)
    let bytes = (0..<320).map { _ in UInt8.random(in: 0...255, using: &random) }
    var differences = 0
    bytes.withUnsafeBytes { bytes in
      for offset in 0..<16 {
        for length in 0...300 {
          let start = bytes.baseAddress.map { $0 + offset }
          if ckpt_crc32c(0, start, length) != ckpt_crc32c_portable(0, start, length) {
            differences += 1
          }
        }
      }
    }
    #expect(differences == 0)
    for length in stride(from: 0, through: 300, by: 37) {
      #expect(CRC32C.checksum(Array(bytes[..<length])) == reference(bytes[..<length]))
    }
  }

  @Test("is the same around the lengths at which the fast way changes its step")
  func longInputs() {
    var random = SplitMix64(seed: 2)
    let bytes = (0..<40_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    bytes.withUnsafeBytes { bytes in
      for middle in [2048, 4096, 6144, 8192, 12288, 18432, 36864] {
        for length in middle - 9...middle + 9 {
          let crc = UInt32(truncatingIfNeeded: random.next())
          #expect(
            ckpt_crc32c(crc, bytes.baseAddress, length)
              == ckpt_crc32c_portable(crc, bytes.baseAddress, length), "length \(length)")
        }
      }
    }
  }

  @Test("goes on where it stopped")
  func continuing() {
    let bytes = (0..<200).map { UInt8($0) }
    let whole = CRC32C.checksum(bytes)
    for cut in 0...200 {
      let first = CRC32C.checksum(Array(bytes[..<cut]))
      #expect(CRC32C.checksum(Array(bytes[cut...]), continuing: first) == whole)
      #expect(ckpt_crc32c_portable(first, Array(bytes[cut...]), 200 - cut) == whole)
    }
  }
}
