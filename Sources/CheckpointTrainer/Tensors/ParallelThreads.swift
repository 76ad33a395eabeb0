import CCheckpointShims

/// The threads that compute: one per processor, quick to enter, the same as those of matrix products.
///
/// Work that waits (for the disk) goes to `BlockingPool`. Products made inside `forEach` stay on the
/// thread they are made on, so that there are never more threads at work than processors.
enum ParallelThreads {
  /// Calls `body` with each of 0..<`count`, on several threads at a time, in no particular order, and
  /// returns when all are done. For results that are the same each time, no two calls may add to the
  /// same sum.
  static func forEach(count: Int, _ body: @Sendable (Int) -> Void) {
    guard count > 0 else { return }
    withoutActuallyEscaping(body) { body in
      var body = body
      withUnsafeMutablePointer(to: &body) { pointer in
        ckpt_parallel_run(
          count,
          { index, context in
            context?.assumingMemoryBound(to: (@Sendable (Int) -> Void).self).pointee(index)
          }, pointer)
      }
    }
  }
}
