internal import CheckpointIO

/// The right to be the one training run of a store. Freed by `release()`, or when the process ends,
/// however it ends.
public final class RunLock: Sendable {
  private let lock: WriterLock

  init(_ lock: WriterLock) {
    self.lock = lock
  }

  /// Frees it.
  public func release() { lock.release() }
}

extension CheckpointStore {
  /// Takes the right to be the one training run of this store. Saves of others (`ckpt pin`, pruning) are
  /// not kept out: they take turns.
  /// - Throws: `CheckpointError`: `locked`, with pid, host and time of the run that has it; `io`.
  public func beginRun() throws(CheckpointError) -> RunLock {
    guard options.access == .readWrite else {
      throw CheckpointError(.permissionDenied, "the store was opened read-only", path: path)
    }
    return RunLock(try acquire("run", waitSeconds: 0))
  }
}
