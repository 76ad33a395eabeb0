package import CheckpointFormat

/// Containers that no writer would make: from an index's contents and chunk records that need not be
/// true. All checksums are right.
package enum ContainerForge {
  /// A container whose chunks all are the same `stored` bytes, coded by `codec`, of that many logical
  /// bytes but for each tensor's last.
  /// - Parameter logicalChecksum: of a whole chunk.
  package static func container(
    _ contents: IndexContents, stored: [UInt8] = [0], codec: ChunkCodec = .constant,
    logicalChecksum: UInt32 = 0
  ) -> [UInt8] {
    var block = Block(
      chunkSizeBytes: UInt32(contents.chunkSizeBytes), fileID: UniqueID(high: 7, low: 7),
      created: Timestamp(nanoseconds: 0))
    block.place(indexLengthBytes: UInt64(contents.layout.lengthBytes), dataEnd: 0)
    var data: [UInt8] = []
    var chunks: [ChunkRecord] = []
    for tensor in contents.fileOrder {
      var left = contents.sizeBytes(ofTensor: tensor)
      while left > 0 {
        data.append(contentsOf: repeatElement(0, count: (64 - data.count % 64) % 64))
        let logical = min(left, UInt64(contents.chunkSizeBytes))
        chunks.append(
          ChunkRecord(
            offset: block.dataOffset + UInt64(data.count), storedBytes: UInt32(stored.count),
            logicalBytes: UInt32(logical), storedChecksum: CRC32C.checksum(stored),
            logicalChecksum: logicalChecksum, nonFiniteCount: 0, transform: 0,
            codec: codec.rawValue))
        data += stored
        left -= logical
      }
    }
    return container(block, index: contents.encoded(chunks: chunks), data: data)
  }

  private static func container(_ block: Block, index: [UInt8], data: [UInt8]) -> [UInt8] {
    var block = block
    block.place(
      indexLengthBytes: UInt64(index.count), dataEnd: block.dataOffset + UInt64(data.count))
    block.indexChecksum = CRC32C.checksum(index)
    var file = block.encoded(as: .superblock) + index
    func pad(to offset: UInt64) {
      file.append(contentsOf: repeatElement(0, count: Int(offset) - file.count))
    }
    pad(to: block.dataOffset)
    file += data
    pad(to: block.tailOffset)
    file += index
    pad(to: block.fileLengthBytes - 4096)
    return file + block.encoded(as: .trailer)
  }
}
