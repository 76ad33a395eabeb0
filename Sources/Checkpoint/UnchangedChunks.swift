internal import CheckpointFormat
internal import CheckpointIO

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Chunks of an earlier checkpoint whose blocks the next one can share instead of writing them again.
///
/// Its index only says where to look. A range is shared if every byte that would be written is there already,
/// which is found out by reading: so the new file is to the byte what it would have been, and no damage of the
/// earlier one gets into it.
final class UnchangedChunks: Sendable {
  /// Neighbouring chunks that are the same in both files.
  struct Run {
    /// Where in the segment.
    var range: Range<Int>
    /// Where in the earlier file.
    var sourceOffset: UInt64

    var sourceEnd: UInt64 { sourceOffset + UInt64(range.count) }
  }

  /// Chunks that may be the same, side by side in both files, to be read at once.
  private struct Window {
    var run: Run
    /// Each one's range in the segment.
    var chunks: [Range<Int>]
  }

  private let container: ContainerFile
  private let workers = ChunkWorkers()
  private let refusal = Locked(false)

  init(of container: ContainerFile) {
    self.container = container
  }

  /// Whether the file system would not share: it won't the next time.
  var isRefused: Bool { refusal.withLock { $0 } }

  /// Which parts of a segment are there already, in ascending order.
  /// - Parameters:
  ///   - chunks: each chunk's request and record; its offset is that in the segment.
  ///   - bytes: what would be written, padding included: whole pages per chunk.
  func runs(
    of chunks: some Sequence<(ChunkRequest, ChunkRecord)>, in bytes: UnsafeRawBufferPointer
  ) -> [Run] {
    guard !isRefused else { return [] }
    var windows: [Window] = []
    for (request, record) in chunks {
      let start = Int(record.offset)
      let range = start..<start + Int(record.storedBytes).aligned(to: Block.sizeBytes)
      guard let source = sourceOffset(of: request, record) else { continue }
      if let last = windows.last, last.run.range.upperBound == start,
        last.run.sourceEnd == source, last.run.range.count + range.count <= ChunkWorker.stageBytes
      {
        windows[windows.count - 1].run.range = last.run.range.lowerBound..<range.upperBound
        windows[windows.count - 1].chunks.append(range)
      } else {
        windows.append(Window(run: Run(range: range, sourceOffset: source), chunks: [range]))
      }
    }
    guard !windows.isEmpty else { return [] }
    return workers.withWorker { worker in
      var runs: [Run] = []
      for window in windows { compare(window, with: bytes, worker: worker, &runs) }
      return runs
    }
  }

  /// Appends those of a window's chunks that are the same. What can't be read isn't.
  private func compare(
    _ window: Window, with bytes: UnsafeRawBufferPointer, worker: ChunkWorker, _ runs: inout [Run]
  ) {
    let origin = window.run.range.lowerBound
    let source = window.run.sourceOffset
    let place = source..<window.run.sourceEnd
    guard
      let earlier = container.readPastCache(place, worker: worker)
        ?? container.readThroughCache(place, worker: worker)
    else { return }
    for chunk in window.chunks {
      let start = chunk.lowerBound - origin
      guard let old = earlier.baseAddress, let new = bytes.baseAddress,
        memcmp(old + start, new + chunk.lowerBound, chunk.count) == 0
      else { continue }
      let place = source + UInt64(start)
      if let last = runs.last, last.range.upperBound == chunk.lowerBound, last.sourceEnd == place {
        runs[runs.count - 1].range = last.range.lowerBound..<chunk.upperBound
      } else {
        runs.append(Run(range: chunk, sourceOffset: place))
      }
    }
  }

  /// Shares what `runs` has found.
  /// - Parameter offset: where in `file`.
  /// - Returns: false if it must be written.
  func share(_ run: Run, to file: AtomicFile, at offset: UInt64) throws(IOError) -> Bool {
    guard !isRefused else { return false }
    let isShared = try container.shareBlocks(
      at: run.sourceOffset, count: UInt64(run.range.count), with: file, at: offset)
    if !isShared { refusal.withLock { $0 = true } }
    return isShared
  }

  /// Where the earlier file has a chunk that may be the same: a checksum that differs spares the reading.
  private func sourceOffset(of request: ChunkRequest, _ record: ChunkRecord) -> UInt64? {
    let index = container.index
    let (position, rest) = request.range.lowerBound.quotientAndRemainder(
      dividingBy: index.chunkSizeBytes)
    guard rest == 0, let number = index.tensorNumber(named: request.tensor.name) else { return nil }
    let chunks = index.tensor(number).chunks
    guard position < chunks.count else { return nil }
    let earlier = index.chunk(chunks.lowerBound + position)
    guard earlier.storedBytes == record.storedBytes,
      earlier.storedChecksum == record.storedChecksum,
      earlier.offset.isMultiple(of: UInt64(Block.sizeBytes))
    else { return nil }
    return earlier.offset
  }
}

extension ContainerFile {
  /// - Returns: false where blocks can't be shared.
  func shareBlocks(
    at sourceOffset: UInt64, count: UInt64, with target: AtomicFile, at offset: UInt64
  ) throws(IOError) -> Bool {
    try target.shareBlocks(of: file, at: sourceOffset, count: count, to: offset)
  }

  /// How many of the file's bytes other files have too; nil where the file system can't tell.
  func sharedBytes() throws(CheckpointError) -> UInt64? {
    do throws(IOError) {
      return try file.sharedBytes()
    } catch {
      throw CheckpointError(error)
    }
  }
}
