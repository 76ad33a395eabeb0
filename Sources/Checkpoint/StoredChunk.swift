internal import CheckpointFormat
internal import CheckpointIO

/// A chunk whose turn it is to be read, by the thread that has `worker`.
struct StoredChunk {
  let record: ChunkRecord
  let dtype: DType
  let container: ContainerFile
  let worker: ChunkWorker
  /// Its stored bytes, if they have been read along with its neighbours'.
  let bytes: UnsafeRawBufferPointer?

  /// Bytes that are read and summed up while they are in a cache.
  private static let pieceBytes = 256 << 10

  /// Reads it into `output`, which is as long as it is decoded, verified.
  func read(into output: UnsafeMutableRawBufferPointer) throws(CheckpointError) {
    precondition(output.count == Int(record.logicalBytes))
    if let bytes {
      try checked { () throws(FormatError) in
        if record.isRaw {
          try ChunkDecoder.copyRaw(bytes, record: record, to: output)
        } else {
          try worker.decoder.decode(bytes, record: record, dtype: dtype, into: output)
        }
      }
    } else if record.isRaw {
      try readRaw(into: output)
    } else {
      let bytes = try readStored()
      try checked { () throws(FormatError) in
        try worker.decoder.decode(bytes, record: record, dtype: dtype, into: output)
      }
    }
  }

  /// Its decoded bytes, verified; in the worker's memory until the next chunk.
  func decoded() throws(CheckpointError) -> UnsafeRawBufferPointer {
    if record.isRaw {
      let bytes: UnsafeRawBufferPointer
      if let own = self.bytes { bytes = own } else { bytes = try readStored() }
      try checked { () throws(FormatError) in try ChunkDecoder.checkRaw(bytes, record: record) }
      return bytes
    }
    let output = worker.decoded(Int(record.logicalBytes))
    try read(into: output)
    return UnsafeRawBufferPointer(output)
  }

  private func readStored() throws(CheckpointError) -> UnsafeRawBufferPointer {
    let stage = worker.stage(Int(record.storedBytes))
    try container.read(into: stage, at: record.offset)
    return UnsafeRawBufferPointer(stage)
  }

  /// Straight to where it is wanted.
  private func readRaw(into output: UnsafeMutableRawBufferPointer) throws(CheckpointError) {
    var checksum: UInt32 = 0
    var start = 0
    while start < output.count {
      let end = min(start + Self.pieceBytes, output.count)
      let piece = UnsafeMutableRawBufferPointer(rebasing: output[start..<end])
      try container.read(into: piece, at: record.offset + UInt64(start))
      checksum = CRC32C.checksum(UnsafeRawBufferPointer(piece), continuing: checksum)
      start = end
    }
    try checked { () throws(FormatError) in
      try ChunkDecoder.checkRaw(checksum: checksum, record: record)
    }
  }

  private func checked(_ body: () throws(FormatError) -> Void) throws(CheckpointError) {
    do throws(FormatError) {
      try body()
    } catch {
      throw CheckpointError(error, path: container.path)
    }
  }
}

extension ChunkRecord {
  /// Whether its stored bytes are its bytes.
  var isRaw: Bool {
    transform == ChunkTransform.none.rawValue && codec == ChunkCodec.raw.rawValue
  }
}
