public import CheckpointFormat

/// What a file says of one tensor.
public struct TensorInfo: Sendable, Hashable {
  /// Its name.
  public var name: String
  /// The elements' type.
  public var dtype: DType
  /// The extent of each dimension.
  public var shape: [Int]
  /// For a tied weight the tensor whose bytes it shares.
  public var aliasOf: String?
  /// Bytes in memory.
  public var sizeBytes: UInt64
  /// Bytes in the file; for an alias those of its target.
  public var storedBytes: UInt64
  /// How many values are NaN or infinite.
  public var nonFiniteCount: UInt64
  /// How most of its chunks are coded, such as `raw` or `float split`.
  public var encoding: String
  /// How many chunks hold it.
  public var chunkCount: Int
}

/// What a file says of one chunk.
public struct ChunkInfo: Sendable, Hashable {
  /// Where it stands in the file, in bytes from the start.
  public var byteOffset: UInt64
  /// Bytes in the file.
  public var storedBytes: Int
  /// Bytes in memory.
  public var sizeBytes: Int
  /// CRC-32C of the stored bytes.
  public var storedChecksum: UInt32
  /// CRC-32C of the bytes in memory.
  public var logicalChecksum: UInt32
  /// How many values are NaN or infinite.
  public var nonFiniteCount: Int
  /// How it is coded.
  public var encoding: String
}
