internal import CCheckpointShims
internal import CheckpointFormat
internal import CheckpointIO

/// The memory that chunks are encoded into. A small save's is kept for the next one: getting pages from the
/// system and giving them back takes longer than filling them.
enum StageMemory {
  /// What is kept at most, for the process.
  static let keptBytes = 1 << 20

  private struct Kept: @unchecked Sendable {
    let memory: UnsafeMutableRawBufferPointer
  }

  private static let kept = Locked<Kept?>(nil)

  /// Memory aligned to pages, of `byteCount` bytes or more, with anything in it. Nobody else has it until it
  /// is given back.
  static func take(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
    if byteCount <= keptBytes {
      let found = kept.withLock { kept in
        defer { kept = nil }
        return kept
      }
      if let found { return found.memory }
    }
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(byteCount, keptBytes), alignment: Block.sizeBytes)
    ckpt_memory_prefer_large_pages(memory.baseAddress, memory.count)
    return memory
  }

  /// Takes back what `take` gave.
  static func giveBack(_ memory: UnsafeMutableRawBufferPointer) {
    let isKept =
      memory.count == keptBytes
      && kept.withLock { kept in
        guard kept == nil else { return false }
        kept = Kept(memory: memory)
        return true
      }
    if !isKept { memory.deallocate() }
  }
}
