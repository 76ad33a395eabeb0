internal import CheckpointIO

/// At most one write that goes on on a thread of the pool.
final class PendingWrite: Sendable {
  private struct State {
    var isRunning = false
    var failure: IOError?
  }

  private let condition = Condition()
  // Guarded by `condition`.
  private nonisolated(unsafe) var state = State()

  /// Starts to write `bytes`, which stay where they are until `wait` returns. None may be running.
  /// - Parameter through: as in `AtomicFile.write`.
  func start(
    _ bytes: UnsafeRawBufferPointer, at offset: UInt64, in file: AtomicFile, through: Bool
  ) {
    condition.withLock { unsafe state.isRunning = true }
    nonisolated(unsafe) let bytes = unsafe bytes
    BlockingPool.shared.submit {
      var failure: IOError?
      do throws(IOError) {
        try unsafe file.write(bytes, at: offset, through: through)
      } catch {
        failure = error
      }
      self.condition.withLock {
        unsafe self.state = State(isRunning: false, failure: failure)
        self.condition.broadcast()
      }
    }
  }

  /// Waits until none is running.
  /// - Returns: what the last one failed with, once.
  @discardableResult
  func wait() -> IOError? {
    condition.withLock {
      while unsafe state.isRunning { condition.wait() }
      defer { unsafe state.failure = nil }
      return unsafe state.failure
    }
  }
}
