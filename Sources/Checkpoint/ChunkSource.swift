internal import CheckpointFormat
internal import CheckpointIO

/// Reads a container's chunks, verified, from several threads at once: large reads of what lies side by side, past
/// the page cache where they are many and the cache hasn't got them.
final class ChunkSource: Sendable {
  let container: ContainerFile
  private let workers = ChunkWorkers()
  private let slots = PipelineSlots()

  /// A part of a tensor and where it is wanted.
  struct Request {
    /// For messages.
    var name: String
    var tensor: TensorRecord
    /// Bytes of the tensor.
    var range: Range<UInt64>
    /// As long as `range`.
    var output: UnsafeMutableRawBufferPointer
  }

  /// A part of a chunk and where it is wanted.
  private struct Piece {
    var tensor: String
    var chunk: Int
    var dtype: DType
    /// Bytes of the decoded chunk.
    var range: Range<Int>
    var output: UnsafeMutableRawBufferPointer
  }

  /// Segments at a time: enough for the disk, and a bound for the memory they take.
  private static let width = 8

  /// Fewer bytes aren't worth bypassing the cache, which may want them again.
  private static let leastDirectBytes = 16 << 20
  /// Smaller chunks in the cache are read along with their neighbours.
  private static let leastSingleBytes = 64 << 10

  init(_ container: ContainerFile) {
    self.container = container
  }

  /// Reads parts of tensors on the pool's threads. Errors name the tensor.
  func read(_ requests: [Request]) throws(CheckpointError) {
    var pieces = requests.flatMap(pieces(of:))
    // In the file's order, which is that of the chunks' numbers.
    if requests.count > 1 { pieces.sort { $0.chunk < $1.chunk } }
    nonisolated(unsafe) let sorted = pieces
    try visit(pieces.map { ($0.chunk, $0.dtype) }) { (position, chunk) throws(CheckpointError) in
      let piece = sorted[position]
      do throws(CheckpointError) {
        if piece.range.count == Int(chunk.record.logicalBytes) {
          try chunk.read(into: piece.output)
        } else {
          let bytes = try chunk.decoded()
          piece.output.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[piece.range]))
        }
      } catch {
        throw error.about(piece.tensor, in: self.container.path)
      }
    }
  }

  /// Calls `body` for each of these chunks, on the pool's threads; the first error ends it.
  /// - Parameters:
  ///   - chunks: numbers, ascending, and their tensors' dtypes.
  ///   - body: must not read through this source itself: it may have a processor's place.
  func visit(
    _ chunks: [(number: Int, dtype: DType)],
    _ body: @Sendable (_ position: Int, StoredChunk) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    let segments = segments(of: chunks)
    let size = segments.reduce(0) { $0 + $1.bytes.count }
    let isLarge = size >= Self.leastDirectBytes
    try parallel(count: segments.count, width: Self.width) { (number) throws(CheckpointError) in
      let segment = segments[number]
      try self.workers.withWorker { (worker) throws(CheckpointError) in
        let stored = self.stored(segment, isLarge: isLarge, worker: worker)
        func visitAll() throws(CheckpointError) {
          for position in segment.positions {
            let record = self.container.index.chunk(chunks[position].number)
            let bytes = stored.map {
              let start = Int(record.offset - segment.bytes.lowerBound)
              return UnsafeRawBufferPointer(rebasing: $0[start..<start + Int(record.storedBytes)])
            }
            try body(
              position,
              StoredChunk(
                record: record, dtype: chunks[position].dtype, container: self.container,
                worker: worker, bytes: bytes))
          }
        }
        // Without its bytes it reads too.
        guard stored != nil else { return try visitAll() }
        try self.slots.compute(visitAll)
      }
    }
  }

  /// Reads one whole chunk into `output`, verified.
  func read(
    chunk number: Int, dtype: DType, into output: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    nonisolated(unsafe) let output = output
    try visit([(number, dtype)]) { (_, chunk) throws(CheckpointError) in
      try chunk.read(into: output)
    }
  }

  // MARK: Pieces and segments

  private func pieces(of request: Request) -> [Piece] {
    precondition(request.output.count == Int(request.range.upperBound - request.range.lowerBound))
    guard !request.range.isEmpty else { return [] }
    let chunkSize = UInt64(container.index.chunkSizeBytes)
    let origin = request.range.lowerBound
    return (origin / chunkSize...(request.range.upperBound - 1) / chunkSize).map { chunk in
      let start = chunk * chunkSize
      let end = min(start + chunkSize, request.tensor.logicalBytes)
      let wanted = max(start, origin)..<min(end, request.range.upperBound)
      return Piece(
        tensor: request.name, chunk: request.tensor.chunks.lowerBound + Int(chunk),
        dtype: request.tensor.dtype,
        range: Int(wanted.lowerBound - start)..<Int(wanted.upperBound - start),
        output: UnsafeMutableRawBufferPointer(
          rebasing: request.output[
            Int(wanted.lowerBound - origin)..<Int(wanted.upperBound - origin)]))
    }
  }

  /// Chunks that lie side by side.
  private struct Segment {
    var positions: Range<Int>
    /// Of the file.
    var bytes: Range<UInt64>
  }

  private func segments(of chunks: [(number: Int, dtype: DType)]) -> [Segment] {
    var segments: [Segment] = []
    for (position, chunk) in chunks.enumerated() {
      let record = container.index.chunk(chunk.number)
      if let last = segments.last, record.offset >= last.bytes.upperBound,
        record.offset - last.bytes.upperBound < UInt64(Block.sizeBytes),
        record.end - last.bytes.lowerBound <= UInt64(ChunkWorker.stageBytes - 2 * Block.sizeBytes)
      {
        segments[segments.count - 1] = Segment(
          positions: last.positions.lowerBound..<position + 1,
          bytes: last.bytes.lowerBound..<record.end)
      } else {
        segments.append(
          Segment(positions: position..<position + 1, bytes: record.offset..<record.end))
      }
    }
    return segments
  }

  /// A segment's bytes, if it is better to read them at once. Where that fails the chunks are read one by one, so
  /// that the error is that of the one which is damaged.
  private func stored(
    _ segment: Segment, isLarge: Bool, worker: ChunkWorker
  ) -> UnsafeRawBufferPointer? {
    if isLarge,
      let bytes = slots.useDisk({ container.readPastCache(segment.bytes, worker: worker) })
    {
      return bytes
    }
    guard segment.positions.count > 1,
      segment.bytes.count / segment.positions.count < Self.leastSingleBytes
    else { return nil }
    return container.readThroughCache(segment.bytes, worker: worker)
  }
}

/// Runs `body` for 0 to `count - 1` on the pool's threads, the caller's among them; the first error ends it.
func parallel(
  count: Int, width: Int = .max, _ body: @Sendable (Int) throws(CheckpointError) -> Void
) throws(CheckpointError) {
  if count == 1 { return try body(0) }
  try BlockingPool.shared.forEach(count: count, width: width, body)
}
