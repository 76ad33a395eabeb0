/// A tensor's record in the index (`FORMAT.md` §4.3), without its name and shape.
package struct TensorRecord: Sendable, Hashable {
  package static let sizeBytes = 64

  package var dtype: DType
  package var rank: Int
  package var nameRange: Range<Int>
  package var firstDimension: Int
  package var chunks: Range<Int>
  /// For an alias the record number of the tensor it stands for.
  package var aliasTarget: Int?
  package var nonFiniteCount: UInt64
  package var logicalBytes: UInt64
}

/// A chunk's record in the index (`FORMAT.md` §4.4).
package struct ChunkRecord: Sendable, Hashable {
  package static let sizeBytes = 32
  package static let alignment: UInt64 = 64

  package var offset: UInt64
  package var storedBytes: UInt32
  package var logicalBytes: UInt32
  package var storedChecksum: UInt32
  package var logicalChecksum: UInt32
  package var nonFiniteCount: UInt32
  /// Raw ids: a reader of the index alone need not know them.
  package var transform: UInt8
  package var codec: UInt8

  package init(
    offset: UInt64, storedBytes: UInt32, logicalBytes: UInt32, storedChecksum: UInt32,
    logicalChecksum: UInt32, nonFiniteCount: UInt32, transform: UInt8, codec: UInt8
  ) {
    self.offset = offset
    self.storedBytes = storedBytes
    self.logicalBytes = logicalBytes
    self.storedChecksum = storedChecksum
    self.logicalChecksum = logicalChecksum
    self.nonFiniteCount = nonFiniteCount
    self.transform = transform
    self.codec = codec
  }

  package var end: UInt64 { offset + UInt64(storedBytes) }
}
