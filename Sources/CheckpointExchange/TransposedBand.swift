internal import Checkpoint
internal import CheckpointIO

/// The part of a rearranged tensor that is being handed out: made in one pass over the source, kept
/// until another part is asked for. One serves many tensors, so that memory stays bounded.
@safe
final class TransposedBand: Sendable {
  typealias Fill = (Range<UInt64>, UnsafeMutableRawBufferPointer) throws(CheckpointError) -> Void

  /// Bytes of the largest part.
  let budgetBytes: Int

  @safe
  private struct State {
    var ownerCount = 0
    var owner = -1
    var range: Range<UInt64> = 0..<0
    var bytes: UnsafeMutableRawBufferPointer = unsafe .init(start: nil, count: 0)
  }

  private let lock = Condition()
  // Guarded by `lock`.
  private nonisolated(unsafe) var state = State()

  init(budgetBytes: Int = 256 << 20) {
    self.budgetBytes = max(budgetBytes, 8)
  }

  deinit { unsafe state.bytes.deallocate() }

  /// A number by which a tensor's parts are known.
  func newOwner() -> Int {
    lock.withLock {
      unsafe state.ownerCount += 1
      return unsafe state.ownerCount
    }
  }

  /// Copies bytes `range`, which lie in `band`, to `buffer`.
  /// - Parameter fill: makes the band, if it is not the one that is there.
  func read(
    _ range: Range<UInt64>, of band: Range<UInt64>, owner: Int,
    into buffer: UnsafeMutableRawBufferPointer, fill: Fill
  ) throws(CheckpointError) {
    try lock.withLock { () throws(CheckpointError) in
      if unsafe state.owner != owner || state.range != band {
        unsafe state.owner = -1
        if unsafe state.bytes.count < band.count {
          unsafe state.bytes.deallocate()
          unsafe state.bytes = .allocate(byteCount: band.count, alignment: 64)
        }
        try unsafe fill(band, UnsafeMutableRawBufferPointer(rebasing: state.bytes[0..<band.count]))
        unsafe state.owner = owner
        unsafe state.range = band
      }
      let start = Int(range.lowerBound - band.lowerBound)
      unsafe buffer.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: state.bytes[start..<start + range.count]))
    }
  }
}
