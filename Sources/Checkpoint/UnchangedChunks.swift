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

  /// One thread's memory for reading; small enough to stay in the processor's cache.
  private struct Window: @unchecked Sendable {
    let memory: UnsafeMutableRawBufferPointer
  }

  private let container: ContainerFile
  private let idle = Locked<[Window]>([])
  private let state = Locked(State())

  private struct State {
    var isRefused = false
    var sharedBytes: UInt64 = 0
  }

  private static let windowBytes = 256 << 10

  init(of container: ContainerFile) {
    self.container = container
  }

  deinit {
    for window in idle.withLock({ $0 }) { window.memory.deallocate() }
  }

  /// Whether the file system would not share: it won't the next time.
  var isRefused: Bool { state.withLock { $0.isRefused } }

  /// How many bytes have been shared so far.
  var sharedBytes: UInt64 { state.withLock { $0.sharedBytes } }

  /// Which parts of a segment are there already, in ascending order.
  /// - Parameters:
  ///   - chunks: each chunk's request and record; its offset is that in the segment.
  ///   - bytes: what would be written, padding included: whole pages per chunk.
  func runs(
    of chunks: some Sequence<(ChunkRequest, ChunkRecord)>, in bytes: UnsafeRawBufferPointer
  ) -> [Run] {
    guard !isRefused else { return [] }
    var runs: [Run] = []
    for (request, record) in chunks {
      let start = Int(record.offset)
      let page = Block.sizeBytes
      let range = start..<start + (Int(record.storedBytes) + page - 1) / page * page
      guard let source = sourceOffset(of: request, record),
        isSame(UnsafeRawBufferPointer(rebasing: bytes[range]), at: source)
      else { continue }
      if let last = runs.last, last.range.upperBound == start, last.sourceEnd == source {
        runs[runs.count - 1].range = last.range.lowerBound..<range.upperBound
      } else {
        runs.append(Run(range: range, sourceOffset: source))
      }
    }
    return runs
  }

  /// Shares what `runs` has found.
  /// - Parameter offset: where in `file`.
  /// - Returns: false if it must be written.
  func share(_ run: Run, to file: AtomicFile, at offset: UInt64) throws(IOError) -> Bool {
    guard !isRefused else { return false }
    let isShared = try container.shareBlocks(
      at: run.sourceOffset, count: UInt64(run.range.count), with: file, at: offset)
    state.withLock { state in
      if isShared {
        state.sharedBytes += UInt64(run.range.count)
      } else {
        state.isRefused = true
      }
    }
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

  /// What can't be read isn't the same.
  private func isSame(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) -> Bool {
    let window =
      idle.withLock { $0.popLast() }
      ?? Window(memory: .allocate(byteCount: Self.windowBytes, alignment: Block.sizeBytes))
    defer { idle.withLock { $0.append(window) } }
    var start = 0
    while start < bytes.count {
      let count = min(bytes.count - start, Self.windowBytes)
      let read = UnsafeMutableRawBufferPointer(rebasing: window.memory[0..<count])
      do throws(CheckpointError) {
        try container.read(into: read, at: offset + UInt64(start))
      } catch {
        return false
      }
      guard let read = read.baseAddress, let expected = bytes.baseAddress,
        memcmp(read, expected + start, count) == 0
      else { return false }
      start += count
    }
    return true
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
