/// Who may go on in a pipeline between the disk and what encodes or decodes: as many threads compute as there are
/// processors, and a few use the disk.
///
/// While pieces wait for the disk, one processor is left to those that serve it: a thread that has to wait for a
/// processor before it asks for the next piece leaves the disk idle, and computing more gains nothing.
package final class PipelineSlots: Sendable {
  private struct State {
    var computingCount = 0
    var waitingCount = 0
    var diskCount = 0
  }

  private let processorCount: Int
  private let diskCount: Int
  private let condition = Condition()
  // Guarded by `condition`.
  private nonisolated(unsafe) var state = State()

  /// When more than these wait, the disk has enough to do for as long as a piece takes to be computed.
  private static let enoughWaitingCount = 2
  /// Large reads or writes at a time that keep a disk busy. Some disks tell of all that they have been asked for
  /// at once, and have nothing to do until threads that were woken together have computed.
  package static let usualDiskCount = 3

  /// - Parameters:
  ///   - processorCount: threads that compute at a time, at most.
  ///   - diskCount: threads that use the disk at a time, at most.
  package init(
    processorCount: Int = BlockingPool.processorCount, diskCount: Int = usualDiskCount
  ) {
    self.processorCount = max(1, processorCount)
    self.diskCount = max(1, diskCount)
  }

  /// Runs `body`, which computes and waits for no other thread in here, when it is its turn.
  package func compute<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    condition.withLock {
      while !mayCompute { condition.wait() }
      state.computingCount += 1
    }
    defer { change { $0.computingCount -= 1 } }
    return try body()
  }

  /// Runs `body`, which waits for the disk, when it is its turn.
  package func useDisk<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    condition.withLock {
      state.waitingCount += 1
      while state.diskCount == diskCount { condition.wait() }
      state.waitingCount -= 1
      state.diskCount += 1
      condition.broadcast()
    }
    defer { change { $0.diskCount -= 1 } }
    return try body()
  }

  private var mayCompute: Bool {
    let isBehind = state.waitingCount > Self.enoughWaitingCount
    return state.computingCount < (isBehind ? max(1, processorCount - 1) : processorCount)
  }

  private func change(_ body: (inout State) -> Void) {
    condition.withLock {
      body(&state)
      condition.broadcast()
    }
  }
}
