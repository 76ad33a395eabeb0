internal import CheckpointIO

/// At most one batch that is written on a thread of the pool.
final class PendingBatch: Sendable {
  private struct State {
    var isRunning = false
    var failure: CheckpointError?
  }

  private let condition = Condition()
  // Guarded by `condition`.
  private nonisolated(unsafe) var state = State()

  /// Starts `work`. None may be running.
  func start(_ work: @escaping @Sendable () throws(CheckpointError) -> Void) {
    condition.withLock { state.isRunning = true }
    BlockingPool.shared.submit {
      var failure: CheckpointError?
      do throws(CheckpointError) {
        try work()
      } catch {
        failure = error
      }
      self.condition.withLock {
        self.state = State(isRunning: false, failure: failure)
        self.condition.broadcast()
      }
    }
  }

  /// Waits until none is running.
  /// - Returns: what the last one failed with, once.
  func wait() -> CheckpointError? {
    condition.withLock {
      while state.isRunning { condition.wait() }
      defer { state.failure = nil }
      return state.failure
    }
  }
}
