/// The facts that superblock and trailer both hold (`FORMAT.md` §3).
package struct Block: Sendable, Hashable {
  /// Which of the two blocks; they differ in the magic only.
  package enum Kind: Sendable, Hashable {
    case superblock
    case trailer

    package var magic: [UInt8] {
      [0x89, 0x43, 0x4B, self == .superblock ? 0x50 : 0x45, 0x0D, 0x0A, 0x1A, 0x0A]
    }

    package var name: String { self == .superblock ? "superblock" : "trailer" }
  }

  /// Bytes of a block, and the alignment of the file's parts.
  package static let sizeBytes = 4096
  package static let majorVersion: UInt16 = 1
  /// Compatible feature bit 0: section 12 and the root digest are there.
  package static let digestsFeature: UInt64 = 1
  /// Incompatible feature bit 0: some chunk uses the codec.
  package static let exponentWindowFeature: UInt64 = 1
  /// Incompatible feature bit 1: some chunk uses the codec.
  package static let fourStreamHuffmanFeature: UInt64 = 2
  /// Incompatible features that this program knows.
  static let knownFeatures = exponentWindowFeature | fourStreamHuffmanFeature
  package static let chunkSizes = UInt32(1 << 16)...UInt32(1 << 26)

  package var chunkSizeBytes: UInt32
  package var minorVersion: UInt16 = 0
  package var compatibleFeatures: UInt64 = 0
  package var readOnlyCompatibleFeatures: UInt64 = 0
  package var incompatibleFeatures: UInt64 = 0
  package var fileID: UniqueID
  package var created: Timestamp
  package var fileLengthBytes: UInt64 = 0
  package var dataOffset: UInt64 = 0
  package var tailOffset: UInt64 = 0
  package var indexLengthBytes: UInt64 = 0
  package var indexChecksum: UInt32 = 0
  package var rootDigest: [UInt8] = Array(repeating: 0, count: 32)

  package init(chunkSizeBytes: UInt32, fileID: UniqueID, created: Timestamp) {
    self.chunkSizeBytes = chunkSizeBytes
    self.fileID = fileID
    self.created = created
  }

  package var hasDigests: Bool { compatibleFeatures & Block.digestsFeature != 0 }

  /// Sets offsets and length from what is known once all chunks have their place.
  package mutating func place(indexLengthBytes: UInt64, dataEnd: UInt64) {
    let size = UInt64(Block.sizeBytes)
    self.indexLengthBytes = indexLengthBytes
    dataOffset = (size + indexLengthBytes).aligned(to: size)
    tailOffset = max(dataOffset, dataEnd).aligned(to: size)
    fileLengthBytes = (tailOffset + indexLengthBytes).aligned(to: size) + size
  }

  /// Bytes 8 to 127: the facts that the root digest covers, the same in both blocks.
  package func facts() -> [UInt8] {
    var writer = ByteWriter(capacity: 120)
    writer.append(Block.majorVersion)
    writer.append(minorVersion)
    writer.append(chunkSizeBytes)
    writer.append(compatibleFeatures)
    writer.append(readOnlyCompatibleFeatures)
    writer.append(incompatibleFeatures)
    writer.append(fileID.bytes.high.bigEndian)
    writer.append(fileID.bytes.low.bigEndian)
    writer.append(created.nanoseconds)
    writer.append(fileLengthBytes)
    writer.append(dataOffset)
    writer.append(tailOffset)
    writer.append(indexLengthBytes)
    writer.append(indexChecksum)
    writer.appendZeros(28)
    return writer.bytes
  }

  /// The root digest over the facts and the index (§8).
  package func rootDigest(index: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(facts()[...])
    hash.update(index[...])
    return hash.digest()
  }

  /// The 4096 bytes of the block.
  package func encoded(as kind: Kind) -> [UInt8] {
    var writer = ByteWriter(capacity: Block.sizeBytes)
    writer.append(contentsOf: kind.magic)
    writer.append(contentsOf: facts())
    writer.append(contentsOf: rootDigest)
    writer.appendZeros(Block.sizeBytes - 4 - writer.bytes.count)
    writer.append(CRC32C.checksum(writer.bytes))
    return writer.bytes
  }
}

extension FixedWidthInteger {
  /// The smallest multiple of `alignment` that is not below. Only for numbers far from overflow.
  package func aligned(to alignment: Self) -> Self {
    (self + alignment - 1) / alignment * alignment
  }
}
