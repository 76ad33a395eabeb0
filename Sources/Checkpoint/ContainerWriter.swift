internal import CheckpointFormat
internal import CheckpointIO
internal import SystemPackage

/// Writes one container: chunks, tail, then the head, then publishes it (`FORMAT.md` §2).
struct ContainerWriter {
  let contents: IndexContents
  let options: SaveOptions
  let directory: any Directory
  /// What may be shared instead of being written.
  var unchanged: UnchangedChunks?

  /// Chunks that are in work at the same time.
  private static let batchCount = 1024

  /// Writes and publishes as `name`.
  /// - Returns: the size of the file and its identity.
  /// - Throws: `CheckpointError`; with any code but `outcomeUnknown` nothing has changed.
  func write(
    _ source: some TensorDataSource, as name: String, replacing: Bool
  ) throws(CheckpointError) -> (fileID: UniqueID, sizeBytes: UInt64) {
    var block = Block(
      chunkSizeBytes: UInt32(contents.chunkSizeBytes), fileID: options.fileID ?? .random(),
      created: options.created ?? .now)
    if options.digests { block.compatibleFeatures |= Block.digestsFeature }
    block.place(indexLengthBytes: UInt64(contents.layout.lengthBytes), dataEnd: 0)
    do {
      // Raw files have a known length; others at most that, and a disk that hasn't the room may well hold
      // them compressed, or but for what is shared. Space that is reserved and shared later is given back then.
      let file = try AtomicFile(
        in: directory, expectedSizeBytes: sizeBytes(block),
        isBound: options.compression != .none || unchanged != nil)
      defer { file.discard() }
      let written = try writeChunks(source, to: file, from: block.dataOffset)
      let index = contents.encoded(chunks: written.chunks, digests: written.digests)
      block.place(indexLengthBytes: UInt64(index.count), dataEnd: written.chunks.last?.end ?? 0)
      block.incompatibleFeatures |= written.features
      // The lowest version that has all the file uses.
      block.minorVersion = written.features == 0 ? 0 : 1
      block.indexChecksum = CRC32C.checksum(index)
      if options.digests { block.rootDigest = block.rootDigest(index: index) }
      try writeEnds(block, index: index, to: file)
      try file.commit(as: name, replacing: replacing)
      return (block.fileID, block.fileLengthBytes)
    } catch let error as CheckpointError {
      // Of the source, or of writing chunks.
      let isOwn = error.path?.lastComponent.map { TemporaryName.matches($0.string) } ?? false
      throw isOwn ? named(error, name) : error
    } catch let error as IOError {
      throw named(CheckpointError(error), name)
    } catch let error as PublishError {
      throw named(CheckpointError(error), name)
    } catch {
      throw CheckpointError(.io, "\(error)", path: directory.path.appending(name))
    }
  }

  /// The error, said of the file that was to be: nobody knows the temporary, and it is gone.
  private func named(_ error: CheckpointError, _ name: String) -> CheckpointError {
    var error = error
    error.path = directory.path.appending(name)
    return error
  }

  /// Tail first, head last: a file that is cut off in between has no head.
  private func writeEnds(_ block: Block, index: [UInt8], to file: AtomicFile) throws(IOError) {
    var tail = ByteWriter(capacity: index.count + 2 * Block.sizeBytes)
    tail.append(contentsOf: index)
    tail.align(to: Block.sizeBytes)
    tail.append(contentsOf: block.encoded(as: .trailer))
    try file.write(tail.bytes, at: block.tailOffset)
    try file.truncate(sizeBytes: block.fileLengthBytes)
    var head = ByteWriter(capacity: index.count + Block.sizeBytes)
    head.append(contentsOf: block.encoded(as: .superblock))
    head.append(contentsOf: index)
    try file.write(head.bytes, at: 0)
  }

  // MARK: Chunks

  private func writeChunks(
    _ source: some TensorDataSource, to file: AtomicFile, from start: UInt64
  ) throws -> ChunkPipeline.Written {
    let pipeline = ChunkPipeline(
      to: file, from: start, options: options, totalBytes: contents.summary.logicalBytes,
      unchanged: unchanged)
    // After an error too: nobody may write to a file that is given up.
    defer { try? source.finish() }
    try forEachBatch(of: source.batchBytes) { requests throws(CheckpointError) in
      try source.withChunks(requests) { bytes throws(CheckpointError) in
        try pipeline.write(bytes, requests: requests)
      }
    }
    try source.finish()
    return pipeline.written
  }

  /// Calls `body` with runs of chunks in file order, of at most so many bytes.
  private func forEachBatch(
    of batchBytes: Int, _ body: ([ChunkRequest]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    var batch: [ChunkRequest] = []
    var batchSize = 0
    for number in contents.fileOrder {
      let size = Int(contents.sizeBytes(ofTensor: number))
      var start = 0
      while start < size {
        let range = start..<min(start + contents.chunkSizeBytes, size)
        if !batch.isEmpty,
          batchSize + range.count > batchBytes
            || batch.count == ContainerWriter.batchCount
        {
          try body(batch)
          batch = []
          batchSize = 0
        }
        batch.append(
          ChunkRequest(
            tensor: contents.tensors[number], range: range,
            isPacked: size < Int(IndexContents.packedBelowBytes)))
        batchSize += range.count
        start = range.upperBound
      }
    }
    if !batch.isEmpty { try body(batch) }
  }

  /// The exact length of the file when all chunks are raw.
  private func sizeBytes(_ block: Block) -> UInt64 {
    var end = block.dataOffset
    for number in contents.fileOrder {
      let size = contents.sizeBytes(ofTensor: number)
      let isLarge = size >= IndexContents.packedBelowBytes
      end = end.aligned(to: isLarge ? UInt64(Block.sizeBytes) : ChunkRecord.alignment) + size
    }
    var placed = block
    placed.place(indexLengthBytes: block.indexLengthBytes, dataEnd: end)
    return placed.fileLengthBytes
  }
}

extension AtomicFile {
  /// Writes an array.
  func write(_ bytes: [UInt8], at offset: UInt64) throws(IOError) {
    let result: Result<Void, IOError> = bytes.withUnsafeBytes { bytes in
      Result { () throws(IOError) in try write(bytes, at: offset) }
    }
    try result.get()
  }
}
