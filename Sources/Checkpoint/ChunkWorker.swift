internal import CheckpointFormat

/// What a thread needs to read chunks: a decoder, and memory that is used again. Unchecked, because one thread
/// has it at a time.
final class ChunkWorker: @unchecked Sendable {
  let decoder = ChunkDecoder()
  private var stage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private var decoded = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  /// Of what is read at once.
  static let stageBytes = 4 << 20

  deinit {
    StageMemory.giveBack(stage)
    decoded.deallocate()
  }

  /// Memory for bytes as they are stored, aligned to pages. Its content is undefined.
  func stage(_ count: Int) -> UnsafeMutableRawBufferPointer {
    if stage.count < count {
      StageMemory.giveBack(stage)
      stage = StageMemory.take(max(count, Self.stageBytes))
    }
    return UnsafeMutableRawBufferPointer(rebasing: stage[0..<count])
  }

  /// Memory for a decoded chunk. Its content is undefined.
  func decoded(_ count: Int) -> UnsafeMutableRawBufferPointer {
    if decoded.count < count {
      decoded.deallocate()
      decoded = .allocate(byteCount: count, alignment: Block.sizeBytes)
    }
    return UnsafeMutableRawBufferPointer(rebasing: decoded[0..<count])
  }
}
