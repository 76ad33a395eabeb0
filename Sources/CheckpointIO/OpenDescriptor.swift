import SystemPackage

/// A file descriptor that can be closed while other threads use it: it is given back to the system
/// after the last use, so that no call ever goes to a stranger's file that got the same number.
final class OpenDescriptor: Sendable {
  private struct State {
    let descriptor: Int32
    var userCount = 0
    var isClosed = false
  }

  private let state: Locked<State>

  /// Takes over `descriptor`.
  init(_ descriptor: Int32) {
    state = Locked(State(descriptor: descriptor))
  }

  deinit { close() }

  /// Runs `body` with the descriptor; an error with code `.closed` after `close()`.
  func use<R>(
    _ operation: StaticString, _ path: @autoclosure () -> FilePath,
    _ body: (Int32) throws(IOError) -> R
  ) throws(IOError) -> R {
    let descriptor: Int32? = state.withLock { state in
      guard !state.isClosed else { return nil }
      state.userCount += 1
      return state.descriptor
    }
    guard let descriptor else {
      throw IOError(code: .closed, operation: "\(operation)", path: path())
    }
    defer {
      let isLast = state.withLock { state in
        state.userCount -= 1
        return state.isClosed && state.userCount == 0
      }
      if isLast { SystemCall.close(descriptor) }
    }
    return try body(descriptor)
  }

  /// Closes it, at once or after the calls under way. A second call does nothing.
  func close() {
    let descriptor: Int32? = state.withLock { state in
      guard !state.isClosed else { return nil }
      state.isClosed = true
      return state.userCount == 0 ? state.descriptor : nil
    }
    if let descriptor { SystemCall.close(descriptor) }
  }
}
