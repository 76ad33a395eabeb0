#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A fixed number of threads for work that blocks: disk access, compression, long copies.
///
/// Swift's own tasks share about as many threads as there are processors. One that waits for the
/// disk holds its thread, and a few of them stop every other task of the process. Work given to
/// this pool leaves those threads free.
///
/// Jobs start in the order given. A job may use the pool itself through `forEach`; to wait inside a
/// job for another job of the same pool in any other way can deadlock.
package final class BlockingPool: Sendable {
  /// One pool for the process, with a thread per processor and some more.
  package static let shared = BlockingPool()

  /// How many threads can compute at the same time, at least two.
  package static let processorCount = max(2, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  /// Threads that wait for the disk need no processor meanwhile, and a disk is fast only when asked for several
  /// things at once.
  private static let waitingCount = 4

  /// How many threads it has.
  package let threadCount: Int
  private let queue: JobQueue

  /// Starts `threadCount` threads, at least 1; by default one per processor and four for what waits. They end
  /// when the pool has gone and the jobs given to it are done.
  package init(threadCount: Int? = nil) {
    let threadCount = max(1, threadCount ?? Self.processorCount + Self.waitingCount)
    self.threadCount = threadCount
    queue = JobQueue()
    for _ in 0..<threadCount { queue.startThread() }
  }

  deinit { queue.close() }

  /// Runs `work` on a thread of the pool and returns what it returns, or throws what it throws.
  /// Cancelling the task does not end it: what is half-way on disk is better finished.
  package func run<T: Sendable, E: Error>(
    _ work: @escaping @Sendable () throws(E) -> T
  ) async throws(E) -> T {
    let result: Result<T, E> = await withCheckedContinuation { continuation in
      queue.append {
        do throws(E) {
          continuation.resume(returning: .success(try work()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }

  /// Runs `work` on a thread of the pool some time later.
  package func submit(_ work: @escaping @Sendable () -> Void) {
    queue.append(work)
  }

  /// Calls `body` with each of `0..<count`, on several threads at a time, and returns when all are
  /// done. The caller's thread takes part, so that this works on a thread of the pool too, nested,
  /// and when all others are busy.
  ///
  /// - Parameter width: how many threads at most.
  ///
  /// After an error no further call is begun. What is thrown is the error of the lowest index that
  /// has one, whatever the order in which the threads ran.
  package func forEach<E: Error>(
    count: Int, width: Int = .max, _ body: @Sendable (Int) throws(E) -> Void
  ) throws(E) {
    guard count > 1, threadCount > 1, width > 1 else {
      for index in 0..<max(0, count) { try body(index) }
      return
    }
    // `body` lives on the caller's stack. A helper that is only dequeued after the loop has ended
    // finds it taken away; `finish` waits for those that are inside.
    let error: E? = withoutActuallyEscaping(body) { body in
      let loop = ParallelLoop<E>(count: count, body: body)
      for _ in 0..<min(threadCount, count - 1, width - 1) {
        queue.append { loop.work() }
      }
      loop.work()
      return loop.finish()
    }
    if let error { throw error }
  }
}
