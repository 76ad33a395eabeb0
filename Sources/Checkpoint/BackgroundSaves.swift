internal import CheckpointIO

/// Saves that run behind the caller's back: in order, at most a set number waiting or under way, and
/// their errors kept until somebody asks.
final class BackgroundSaves: Sendable {
  private let limit: Int
  private let condition = Condition()
  /// One thread, once it is needed: saves of one store exclude one another anyway. Guarded by
  /// `condition`.
  private nonisolated(unsafe) var thread: BlockingPool?
  // Guarded by `condition`.
  private nonisolated(unsafe) var failures: [CheckpointError] = []
  private nonisolated(unsafe) var count = 0

  init(limit: Int) {
    self.limit = max(1, limit)
  }

  /// Waits for a place, takes what is to be saved, and queues `save`: nothing is taken that would wait.
  func start(
    taking take: () -> Checkpoint,
    _ save: @escaping @Sendable (Checkpoint) throws(CheckpointError) -> Void
  ) {
    let thread = condition.withLock {
      while count >= limit { condition.wait() }
      count += 1
      let thread = self.thread ?? BlockingPool(threadCount: 1)
      self.thread = thread
      return thread
    }
    let checkpoint = take()
    thread.submit { [self] in
      var error: CheckpointError?
      do throws(CheckpointError) { try save(checkpoint) } catch let caught { error = caught }
      condition.withLock {
        if let error { failures.append(error) }
        count -= 1
        condition.broadcast()
      }
    }
  }

  /// Waits until none is under way.
  func drain() {
    condition.withLock { while count > 0 { condition.wait() } }
  }

  /// The oldest error that nobody has been told.
  func takeFailure() -> CheckpointError? {
    condition.withLock { failures.isEmpty ? nil : failures.removeFirst() }
  }
}
