/// So many threads at a time as can compute at the same time. Others wait their turn, so that those whose turn it
/// is get done, and go on to the disk, while the next ones compute.
package final class ProcessorSlots: Sendable {
  private let condition = Condition()
  // Guarded by `condition`.
  private nonisolated(unsafe) var freeCount: Int

  /// - Parameter count: one for each processor unless told.
  package init(count: Int = BlockingPool.processorCount) {
    freeCount = max(1, count)
  }

  /// Runs `body` when a slot is free. It must not wait for another thread that needs one.
  package func withSlot<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    condition.withLock {
      while freeCount == 0 { condition.wait() }
      freeCount -= 1
    }
    defer {
      condition.withLock {
        freeCount += 1
        condition.signal()
      }
    }
    return try body()
  }
}
