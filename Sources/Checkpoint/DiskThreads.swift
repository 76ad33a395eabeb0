internal import CheckpointIO

/// The threads that wait for the disk, more than there are processors: apart from Swift's cooperative pool, which
/// blocking calls would starve.
public enum DiskThreads {
  /// Runs calls that block, such as any of this module's, without blocking a task's thread.
  ///
  /// ```swift
  /// let best = try await DiskThreads.run { () throws(CheckpointError) in
  ///   try store.best(by: "val_acc")
  /// }
  /// ```
  ///
  /// Cancelling the task doesn't end the work: what is half-way on disk is better finished.
  /// - Throws: what `work` throws.
  public static func run<T: Sendable, E: Error>(
    _ work: @escaping @Sendable () throws(E) -> T
  ) async throws(E) -> T {
    try await BlockingPool.shared.run(work)
  }
}
