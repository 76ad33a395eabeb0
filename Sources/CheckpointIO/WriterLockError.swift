/// Why a `WriterLock` could not be had.
package enum WriterLockError: Error, Sendable, Hashable {
  /// Somebody else has it, and still had it at the end of the wait.
  case held(by: LockHolder)
  /// The lock file could not be opened or locked.
  case io(IOError)
}

extension WriterLockError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .held(let holder): "locked by \(holder)"
    case .io(let error): "\(error)"
    }
  }
}
