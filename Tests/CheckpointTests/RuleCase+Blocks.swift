import CheckpointFormat
import ContainerSurgery

/// FORMAT.md §2 and §3.
extension RuleCase {
  static let blocks: [RuleCase] = [
    RuleCase(.notAContainer, "an empty file") { _ in [] },
    RuleCase(.notAContainer, "8191 bytes that begin well") { Array($0.bytes[..<8191]) },
    RuleCase(.notAContainer, "zeros") { _ in [UInt8](repeating: 0, count: 20480) },
    RuleCase(.notAContainer, "neither magic") {
      var bytes = $0.bytes
      bytes[0] ^= 1
      bytes[$0.trailerOffset + 3] ^= 1
      return bytes
    },
    RuleCase(.magic, "the superblock's", at: .spare) { flipped($0, 0) },
    RuleCase(.magic, "the trailer's", at: .spare) { flipped($0, $0.trailerOffset + 7) },
    RuleCase(.magic, "a superblock as trailer", at: .spare) {
      var bytes = $0.bytes
      bytes.replaceSubrange($0.trailerOffset..., with: bytes[..<4096])
      return bytes
    },
    RuleCase(.blockChecksum, "the superblock's, of a field", at: .spare) { flipped($0, 50) },
    RuleCase(.blockChecksum, "the superblock's, itself", at: .spare) { flipped($0, 4095) },
    RuleCase(.blockChecksum, "the trailer's", at: .spare) { flipped($0, $0.trailerOffset + 2000) },
    RuleCase(.blockChecksum, "of both", except: .blocks) { $0.setBlocks(50, UInt8(0xEE)) },
    RuleCase(.version, "2") { $0.setBlocks(8, UInt16(2)) },
    RuleCase(.version, "0") { $0.setBlocks(8, UInt16(0)) },
    RuleCase(.version, "2 in the superblock alone") { $0.set(8, UInt16(2)) },
    RuleCase(.features, "bit 2") { $0.setBlocks(32, UInt64(4)) },
    RuleCase(.features, "bit 63") { $0.setBlocks(32, UInt64(1) << 63) },
    RuleCase(.features, "in the trailer alone") { $0.set($0.trailerOffset + 32, UInt64(8)) },
    RuleCase(.chunkSize, "0") { $0.setBlocks(12, UInt32(0)) },
    RuleCase(.chunkSize, "32768") { $0.setBlocks(12, UInt32(32768)) },
    RuleCase(.chunkSize, "65537") { $0.setBlocks(12, UInt32(65537)) },
    RuleCase(.chunkSize, "2^27") { $0.setBlocks(12, UInt32(1) << 27) },
    RuleCase(.truncated, "one byte") { Array($0.bytes.dropLast()) },
    RuleCase(.truncated, "the trailer") { Array($0.bytes.dropLast(4096)) },
    RuleCase(.truncated, "by its own account") { $0.setBlocks(64, UInt64.max) },
    RuleCase(.fileLength, "one byte more") { $0.bytes + [0] },
    RuleCase(.fileLength, "a second trailer") { $0.bytes + $0.bytes[$0.trailerOffset...] },
    RuleCase(.fileLength, "by its own account") { $0.setBlocks(64, UInt64(16384)) },
    RuleCase(.fileLength, "0") { $0.setBlocks(64, UInt64(0)) },
    RuleCase(.layout, "data offset") { $0.setBlocks(72, UInt64(4096)) },
    RuleCase(.layout, "data offset 0") { $0.setBlocks(72, UInt64(0)) },
    RuleCase(.layout, "tail offset below the data") { $0.setBlocks(80, UInt64(4096)) },
    RuleCase(.layout, "tail offset near 2^64") { $0.setBlocks(80, UInt64.max - 4095) },
    RuleCase(.layout, "tail offset not aligned") {
      $0.setBlocks(80, UInt64($0.tailIndexOffset) + 8)
    },
    RuleCase(.layout, "index length 24") { $0.setBlocks(88, UInt64(24)) },
    RuleCase(.layout, "index length 601") { $0.setBlocks(88, UInt64(601)) },
    RuleCase(.layout, "index length 2^63") { $0.setBlocks(88, UInt64(1) << 63) },
    RuleCase(.reserved, "block byte 100") { $0.setBlocks(100, UInt8(1)) },
    RuleCase(.reserved, "block byte 127") { $0.setBlocks(127, UInt8(1)) },
    RuleCase(.reserved, "block byte 160") { $0.setBlocks(160, UInt8(1)) },
    RuleCase(.reserved, "block byte 4091") { $0.setBlocks(4091, UInt8(1)) },
    RuleCase(.blockMismatch, "identities") { $0.set(40, UInt8(0xFF)) },
    RuleCase(.blockMismatch, "minor versions") { $0.set($0.trailerOffset + 10, UInt16(9)) },
    RuleCase(.blockMismatch, "root digests", except: .rootDigest) { $0.set(128, UInt8(0xFF)) },
    RuleCase(.rootDigest, "another in both blocks", at: .verifying, except: .rootDigest) {
      $0.setBlocks(130, $0.bytes[130] ^ 1)
    },
  ]

  static func flipped(_ surgery: ContainerSurgery, _ offsets: Int...) -> [UInt8] {
    var bytes = surgery.bytes
    for offset in offsets { bytes[offset] ^= 0x40 }
    return bytes
  }
}
