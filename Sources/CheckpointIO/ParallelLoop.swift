/// One `BlockingPool.forEach`: hands out the indices, and keeps `body`, which lives on the caller's
/// stack, from being called once the caller has gone on.
final class ParallelLoop<E: Error>: Sendable {
  typealias Body = @Sendable (Int) throws(E) -> Void

  private let condition = Condition()
  private let count: Int
  // Guarded by `condition`, except that workers which have an index read `body`: it is only taken
  // away when there are none.
  private nonisolated(unsafe) var body: Body?
  private nonisolated(unsafe) var nextIndex = 0
  private nonisolated(unsafe) var workerCount = 0
  private nonisolated(unsafe) var failure: (index: Int, error: E)?

  init(count: Int, body: @escaping Body) {
    self.count = count
    self.body = body
  }

  /// Takes indices until there are none left. Any number of threads may be in here.
  func work() {
    while let index = claim() {
      let error = call(index)
      condition.withLock {
        if let error, index < failure?.index ?? .max { failure = (index, error) }
        workerCount -= 1
        if workerCount == 0 { condition.broadcast() }
      }
    }
  }

  /// Waits for the workers that are inside `body`, and takes it away. Returns the error of the
  /// lowest index: indices are handed out in order, so that each lower one had been begun.
  func finish() -> E? {
    condition.withLock {
      while workerCount > 0 { condition.wait() }
      body = nil
      nextIndex = count
      return failure?.error
    }
  }

  private func claim() -> Int? {
    condition.withLock {
      guard nextIndex < count, failure == nil else { return nil }
      defer { nextIndex += 1 }
      workerCount += 1
      return nextIndex
    }
  }

  /// A function of its own that is not inlined, so that its hold on `body` has ended when the
  /// worker reports back: after that it must not outlive the caller.
  @inline(never)
  private func call(_ index: Int) -> E? {
    guard let body else { return nil }
    do throws(E) {
      try body(index)
      return nil
    } catch {
      return error
    }
  }
}
