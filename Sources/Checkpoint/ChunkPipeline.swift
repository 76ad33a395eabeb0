internal import CheckpointFormat
internal import CheckpointIO

/// Encodes chunks and writes them, several at a time: while some segments of neighbouring chunks are on their
/// way to the disk, others are being encoded. A segment gets its place as soon as the one before it has its
/// length, so that the file's order is that of the chunks whatever the threads do.
final class ChunkPipeline: Sendable {
  /// What a segment is encoded to before it is written: memory aligned to pages. One thread has it at a time.
  private struct Stage: @unchecked Sendable {
    let memory: UnsafeMutableRawBufferPointer
    let encoder: ChunkEncoder
  }

  /// What has been found out so far; its chunks are all that have been written, in file order.
  struct Written {
    var chunks: [ChunkRecord] = []
    var digests: [UInt8] = []
    var features: UInt64 = 0
    /// Where the next segment goes at the earliest.
    var end: UInt64
  }

  private struct State {
    var written: Written
    /// How many segments of the batch have their place.
    var placedCount = 0
    var hasFailed = false
  }

  private let file: AtomicFile
  private let options: SaveOptions
  private let segmentBytes: Int
  /// Whether large segments go past the page cache: a small file's one fsync writes all of it sooner than
  /// several writes that wait for the disk each.
  private let writesThrough: Bool
  private let unchanged: UnchangedChunks?
  private let idle = Locked<[Stage]>([])
  private let slots = PipelineSlots()
  private let condition = Condition()
  // Guarded by `condition`.
  private nonisolated(unsafe) var state: State

  /// A write of this length is as fast as longer ones.
  private static let longestSegmentBytes = 4 << 20
  /// Segments at a time: enough for the processors and the disk, and a bound for the memory they take.
  private static let width = 7
  private static let shortestSegmentBytes = 256 << 10
  /// The same for chunks that are only copied and checksummed: less takes no longer than waking a thread.
  private static let shortestCopiedBytes = 1 << 20
  private static let leastThroughBytes: UInt64 = 16 << 20

  /// - Parameters:
  ///   - start: where the first chunk goes.
  ///   - totalBytes: of all chunks, decoded: little is cut into smaller segments, so that all threads have some.
  ///   - unchanged: what may be there already.
  init(
    to file: AtomicFile, from start: UInt64, options: SaveOptions, totalBytes: UInt64,
    unchanged: UnchangedChunks? = nil
  ) {
    self.file = file
    self.unchanged = unchanged
    self.options = options
    let isCopied = options.compression == .none && !options.digests
    let shortest = isCopied ? Self.shortestCopiedBytes : Self.shortestSegmentBytes
    segmentBytes = Int(
      min(max(totalBytes / 8, UInt64(shortest)), UInt64(Self.longestSegmentBytes)))
    writesThrough = totalBytes >= Self.leastThroughBytes
    state = State(written: Written(end: start))
  }

  deinit {
    for stage in idle.withLock({ $0 }) { StageMemory.giveBack(stage.memory) }
  }

  /// What has been written. No write may be under way.
  var written: Written { condition.withLock { state.written } }

  /// Encodes and writes chunks that are next in file order.
  func write(
    _ bytes: [UnsafeRawBufferPointer], requests: [ChunkRequest]
  ) throws(CheckpointError) {
    let segments = segments(of: requests)
    condition.withLock { state.placedCount = 0 }
    nonisolated(unsafe) let bytes = bytes
    try parallel(count: segments.count, width: Self.width) { (number) throws(CheckpointError) in
      do throws(CheckpointError) {
        try self.write(segment: number, segments[number], bytes, requests)
      } catch {
        self.condition.withLock {
          self.state.hasFailed = true
          self.condition.broadcast()
        }
        throw error
      }
    }
  }

  /// Runs of chunks that are either all packed or all not.
  private func segments(of requests: [ChunkRequest]) -> [Range<Int>] {
    var segments: [Range<Int>] = []
    var start = 0
    var size = 0
    for (number, request) in requests.enumerated() {
      let length = request.range.count.aligned(to: Self.alignment(of: request))
      if number > start,
        size + length > segmentBytes || request.isPacked != requests[start].isPacked
      {
        segments.append(start..<number)
        start = number
        size = 0
      }
      size += length
    }
    if start < requests.count { segments.append(start..<requests.count) }
    return segments
  }

  /// Chunks of large tensors have pages of their own, so that a lost sector costs one of them.
  private static func alignment(of request: ChunkRequest) -> Int {
    request.isPacked ? Int(ChunkRecord.alignment) : Block.sizeBytes
  }

  private func write(
    segment number: Int, _ segment: Range<Int>, _ contents: [UnsafeRawBufferPointer],
    _ requests: [ChunkRequest]
  ) throws(CheckpointError) {
    let alignment = Self.alignment(of: requests[segment.lowerBound])
    let room = segment.reduce(0) { $0 + requests[$1].range.count.aligned(to: alignment) }
    let stage = takeStage(room)
    defer { idle.withLock { $0.append(stage) } }
    var encoded: [ChunkEncoder.Encoded] = []
    var length = 0
    slots.compute {
      for chunk in segment {
        let output = UnsafeMutableRawBufferPointer(rebasing: stage.memory[length...])
        var one = stage.encoder.encode(
          contents[chunk], dtype: requests[chunk].tensor.dtype, into: output)
        one.record.offset = UInt64(length)
        let stored = Int(one.record.storedBytes)
        let padded = stored.aligned(to: alignment)
        output[stored..<padded].initializeMemory(as: UInt8.self, repeating: 0)
        length += padded
        encoded.append(one)
      }
    }
    let bytes = UnsafeRawBufferPointer(rebasing: stage.memory[0..<length])
    let isPaged = alignment == Block.sizeBytes
    let runs =
      isPaged
      ? unchanged?.runs(
        of: zip(segment, encoded).lazy.map { (requests[$0], $1.record) }, in: bytes) : nil
    guard let offset = place(number, encoded, alignment: alignment) else { return }
    do throws(IOError) {
      try put(bytes, at: offset, sharing: runs ?? [], through: writesThrough && isPaged)
    } catch {
      throw CheckpointError(error)
    }
  }

  /// Writes a segment, but for the parts that can be shared.
  private func put(
    _ bytes: UnsafeRawBufferPointer, at offset: UInt64, sharing runs: [UnchangedChunks.Run],
    through: Bool
  ) throws(IOError) {
    func write(_ range: Range<Int>) throws(IOError) {
      guard !range.isEmpty else { return }
      let part = UnsafeRawBufferPointer(rebasing: bytes[range])
      let place = offset + UInt64(range.lowerBound)
      guard through else { return try file.write(part, at: place) }
      try slots.useDisk { () throws(IOError) in try file.write(part, at: place, through: true) }
    }
    var start = 0
    for run in runs {
      guard
        try unchanged?.share(run, to: file, at: offset + UInt64(run.range.lowerBound)) == true
      else { continue }
      try write(start..<run.range.lowerBound)
      start = run.range.upperBound
    }
    try write(start..<bytes.count)
  }

  /// Gives a segment its place, after all before it; nil if one of them failed.
  private func place(
    _ number: Int, _ encoded: [ChunkEncoder.Encoded], alignment: Int
  ) -> UInt64? {
    condition.withLock {
      while state.placedCount < number, !state.hasFailed { condition.wait() }
      guard !state.hasFailed else { return nil }
      let offset = state.written.end.aligned(to: UInt64(alignment))
      for var chunk in encoded {
        chunk.record.offset += offset
        state.written.chunks.append(chunk.record)
        state.written.digests += chunk.digest
        state.written.features |= chunk.features
        state.written.end = chunk.record.end
      }
      state.placedCount += 1
      condition.broadcast()
      return offset
    }
  }

  private func takeStage(_ room: Int) -> Stage {
    let free = idle.withLock { $0.popLast() }
    if let free, free.memory.count >= room { return free }
    if let free { StageMemory.giveBack(free.memory) }
    return Stage(
      memory: StageMemory.take(max(room, segmentBytes)),
      encoder: free?.encoder
        ?? ChunkEncoder(compression: options.compression, hasDigests: options.digests))
  }
}
