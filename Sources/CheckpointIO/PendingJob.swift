/// At most one job that goes on on a thread of the shared pool, while its owner does something else.
package final class PendingJob<E: Error>: Sendable {
  private struct State {
    var isRunning = false
    var failure: E?
  }

  private let condition = Condition()
  // Guarded by `condition`.
  private nonisolated(unsafe) var state = State()

  package init() {}

  /// Starts `work`. None may be running.
  package func start(_ work: @escaping @Sendable () throws(E) -> Void) {
    condition.withLock { state.isRunning = true }
    BlockingPool.shared.submit {
      var failure: E?
      do throws(E) {
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
  @discardableResult
  package func wait() -> E? {
    condition.withLock {
      while state.isRunning { condition.wait() }
      defer { state.failure = nil }
      return state.failure
    }
  }
}
