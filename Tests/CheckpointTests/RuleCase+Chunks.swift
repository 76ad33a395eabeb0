import CheckpointFormat
import ContainerSurgery

/// FORMAT.md §4.4, §6 and §8. See `sound` for what the chunks are.
extension RuleCase {
  static let chunks: [RuleCase] = [
    RuleCase(.chunkPartition, "another tensor's chunk") {
      $0.set(.tensors, record: 2, 24, UInt64(2))
    },
    RuleCase(.chunkPartition, "no chunks") { $0.set(.tensors, 32, UInt64(0)) },
    RuleCase(.chunkPartition, "two chunks") { $0.set(.tensors, 32, UInt64(2)) },
    RuleCase(.chunkPartition, "a first chunk near 2^64") { $0.set(.tensors, 24, UInt64.max) },
    RuleCase(.chunkPartition, "a first chunk without chunks") {
      $0.set(.tensors, record: 6, 24, UInt64(1))
    },
    RuleCase(.chunkPartition, "a chunk's logical length") {
      $0.set(.chunks, record: 1, 12, UInt32(1001))
    },
    RuleCase(.nonFiniteMismatch, "the tensor's") { $0.set(.tensors, record: 2, 48, UInt64(1)) },
    RuleCase(.nonFiniteMismatch, "the chunk's") { $0.set(.chunks, record: 1, 24, UInt32(1)) },
    RuleCase(.nonFiniteMismatch, "all records agree, the data does not", at: .verifying) {
      $0.set(.chunks, 24, UInt32(2))
      $0.set(.tensors, 48, UInt64(2))
      $0.set(.tensors, record: 1, 48, UInt64(2))
      $0.set(.summary, 72, UInt64(2))
    },
    RuleCase(.chunkExtent, "before the data") { $0.set(.chunks, 0, UInt64(4096)) },
    RuleCase(.chunkExtent, "0") { $0.set(.chunks, 0, UInt64(0)) },
    RuleCase(.chunkExtent, "near 2^64") { $0.set(.chunks, record: 4, 0, UInt64.max - 63) },
    RuleCase(.chunkExtent, "beyond the tail") {
      $0.set(.chunks, record: 4, 0, UInt64($0.tailIndexOffset))
    },
    RuleCase(.chunkExtent, "not a multiple of 64") {
      let at = ByteView($0.index).u64($0.place(.chunks))
      $0.set(.chunks, 0, at + 1)
    },
    RuleCase(.chunkExtent, "overlapping its neighbour") {
      $0.set(.chunks, record: 1, 0, ByteView($0.index).u64($0.place(.chunks)))
    },
    RuleCase(.storedLength, "0") { $0.set(.chunks, record: 1, 8, UInt32(0)) },
    RuleCase(.storedLength, "more than the logical length") {
      $0.set(.chunks, record: 4, 8, UInt32(101))
    },
    RuleCase(.storedLength, "raw, and shorter") { $0.set(.chunks, 8, UInt32(23)) },
    RuleCase(.rawChecksum, "two") { $0.set(.chunks, 20, UInt32(1)) },
    RuleCase(.transform, "3") { $0.set(.chunks, 28, UInt8(3)) },
    RuleCase(.transform, "255") { $0.set(.chunks, record: 2, 28, UInt8(255)) },
    RuleCase(.transform, "planes of single bytes", at: .reading("b")) {
      $0.set(.chunks, record: 1, 28, UInt8(1))
      $0.set(.chunks, record: 1, 29, UInt8(0))
    },
    RuleCase(.transform, "float split of integers", at: .reading("c")) {
      $0.set(.chunks, record: 2, 28, UInt8(2))
    },
    RuleCase(.codec, "7") { $0.set(.chunks, 29, UInt8(7)) },
    RuleCase(.codec, "255") { $0.set(.chunks, record: 4, 29, UInt8(255)) },
    RuleCase(.codec, "with a transform") { $0.set(.chunks, record: 2, 29, UInt8(1)) },
    RuleCase(.codec, "7 of a plane", at: .reading("c")) { $0.editStored(2) { $0[0] = 7 } },
    RuleCase(.reserved, "chunk byte 30") { $0.set(.chunks, 30, UInt16(1)) },
    RuleCase(.reserved, "chunk byte 31") { $0.set(.chunks, record: 4, 31, UInt8(0x80)) },
    RuleCase(.storedChecksum, "in the record", at: .reading("b")) {
      $0.set(.chunks, record: 1, 16, UInt32(1))
    },
    RuleCase(.storedChecksum, "raw data", at: .reading("a")) {
      flipped($0, Int(ByteView($0.index).u64($0.place(.chunks))))
    },
    RuleCase(.storedChecksum, "coded data", at: .reading("d")) {
      flipped($0, Int(ByteView($0.index).u64($0.place(.chunks, record: 3))) + 3)
    },
    RuleCase(.logicalChecksum, "in the record", at: .reading("b")) {
      $0.set(.chunks, record: 1, 20, UInt32(1))
    },
    RuleCase(.logicalChecksum, "another constant", at: .reading("e")) {
      $0.editStored(4) { $0[0] ^= 1 }
    },
    RuleCase(.planeTable, "cut off", at: .reading("c")) { $0.editStored(2) { $0.removeLast() } },
    RuleCase(.planeTable, "shorter than itself", at: .reading("c")) {
      $0.editStored(2) { $0 = Array($0[..<15]) }
    },
    RuleCase(.planeTable, "a reserved byte", at: .reading("c")) { $0.editStored(2) { $0[3] = 1 } },
    RuleCase(.planeTable, "a plane of 0 bytes", at: .reading("c")) {
      $0.editStored(2) { $0[12] = 0 }
    },
    RuleCase(.planeTable, "a plane of 2^32 - 1 bytes", at: .reading("c")) {
      $0.editStored(2) { bytes in for place in 4..<8 { bytes[place] = 0xFF } }
    },
    RuleCase(.decode, "raw of another length", at: .reading("c")) {
      $0.editStored(2) { bytes in
        bytes[4] -= 1
        bytes.remove(at: 16)
      }
    },
    RuleCase(.decode, "constant of two bytes", at: .reading("b")) {
      $0.set(.chunks, record: 1, 29, UInt8(1))
    },
    RuleCase(.decode, "a Huffman code of no symbols", at: .reading("b")) {
      $0.editStored(1) { $0[0] = 0xFF }
    },
    RuleCase(.decode, "Huffman, cut off", at: .reading("b")) {
      $0.editStored(1) { $0.removeLast() }
    },
    RuleCase(.decode, "LZ4, cut off", at: .reading("d")) { $0.editStored(3) { $0.removeLast() } },
    RuleCase(.decode, "LZ4, a match before the start", at: .reading("d")) {
      // Four literals, then a match four bytes back: the offset stands at 5.
      $0.editStored(3) { $0[5] = 200 }
    },
    RuleCase(.decode, "Huffman as LZ4", at: .reading("b")) {
      $0.set(.chunks, record: 1, 29, UInt8(2))
    },
    RuleCase(.digest, "of a chunk", at: .verifying) { $0.set(.digests, record: 3, 0, UInt64(0)) },
  ]
}

extension ContainerSurgery {
  /// Changes a chunk's stored bytes; their checksum follows.
  mutating func editStored(_ chunk: Int, _ change: (inout [UInt8]) -> Void) {
    var stored = stored(chunk: chunk)
    change(&stored)
    replaceStored(chunk: chunk, with: stored)
  }
}
