internal import CCheckpointShims
internal import CheckpointFormat
internal import CheckpointIO

/// The memory that chunks lie in between disk and tensors. It is kept for the next save or load: getting pages from
/// the system and giving them back takes longer than filling them.
enum StageMemory {
  /// What is kept at most, for the process: as much as a large save uses.
  private static let keptBytes = 40 << 20
  /// Smaller ones aren't made.
  private static let leastBytes = 1 << 20
  /// Large pages, where there are any: each is one page fault, and one piece for the disk's driver.
  private static let largePageBytes = 2 << 20

  private struct Kept: @unchecked Sendable {
    var memory: [UnsafeMutableRawBufferPointer] = []
    var sizeBytes = 0
  }

  private static let kept = Locked(Kept())

  /// Memory aligned to pages, of `byteCount` bytes or more, with anything in it. Nobody else has it until it
  /// is given back.
  static func take(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
    let found: UnsafeMutableRawBufferPointer? = kept.withLock { kept in
      let fitting = kept.memory.indices.filter { kept.memory[$0].count >= byteCount }
      guard let best = fitting.min(by: { kept.memory[$0].count < kept.memory[$1].count })
      else { return nil }
      kept.sizeBytes -= kept.memory[best].count
      return kept.memory.remove(at: best)
    }
    if let found { return found }
    let size = max(byteCount, leastBytes)
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: size, alignment: size >= largePageBytes ? largePageBytes : Block.sizeBytes)
    ckpt_memory_prefer_large_pages(memory.baseAddress, memory.count)
    return memory
  }

  /// Takes back what `take` gave.
  static func giveBack(_ memory: UnsafeMutableRawBufferPointer) {
    guard memory.count > 0 else { return }
    let surplus = kept.withLock { kept -> [UnsafeMutableRawBufferPointer] in
      kept.memory.append(memory)
      kept.sizeBytes += memory.count
      var surplus: [UnsafeMutableRawBufferPointer] = []
      // The oldest first: of a size that is no longer asked for, perhaps.
      while kept.sizeBytes > keptBytes {
        let oldest = kept.memory.removeFirst()
        kept.sizeBytes -= oldest.count
        surplus.append(oldest)
      }
      return surplus
    }
    for memory in surplus { memory.deallocate() }
  }
}
