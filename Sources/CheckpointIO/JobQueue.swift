import CCheckpointShims

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// First in, first out: what the threads of a `BlockingPool` share.
final class JobQueue: Sendable {
  typealias Job = @Sendable () -> Void

  private let condition = Condition()
  // Guarded by `condition`.
  private nonisolated(unsafe) var jobs: [Job] = []
  private nonisolated(unsafe) var firstIndex = 0
  private nonisolated(unsafe) var isClosed = false

  func append(_ job: @escaping Job) {
    condition.withLock {
      jobs.append(job)
      condition.signal()
    }
  }

  /// Lets the threads end once the jobs are done.
  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }

  /// Starts a thread that runs jobs until `close()`. The thread keeps the queue alive.
  func startThread() {
    let context = Unmanaged.passRetained(self).toOpaque()
    #if canImport(Glibc)
      var thread = pthread_t()
    #else
      var thread: pthread_t?
    #endif
    let result = pthread_create(&thread, nil, { JobQueue.runThread($0) }, context)
    guard result == 0 else {
      // Without a thread every later job would wait for ever, in silence.
      fatalError("pthread_create: error \(result)")
    }
    #if canImport(Glibc)
      pthread_detach(thread)
    #else
      if let thread { pthread_detach(thread) }
    #endif
  }

  #if canImport(Darwin)
    private typealias Context = UnsafeMutableRawPointer
  #else
    private typealias Context = UnsafeMutableRawPointer?
  #endif

  private static func runThread(_ context: Context) -> UnsafeMutableRawPointer? {
    let context: UnsafeMutableRawPointer? = context
    guard let context else { return nil }
    ckpt_name_thread("ckpt-blocking")
    let queue = Unmanaged<JobQueue>.fromOpaque(context).takeRetainedValue()
    while let job = queue.next() { job() }
    return nil
  }

  /// Waits for a job; nil when the queue is closed and empty.
  private func next() -> Job? {
    condition.withLock {
      while firstIndex == jobs.count {
        if isClosed { return nil }
        condition.wait()
      }
      let job = jobs[firstIndex]
      jobs[firstIndex] = {}
      firstIndex += 1
      // Amortized constant time, without moving the rest up for each job.
      if firstIndex == jobs.count || firstIndex > 1024 {
        jobs.removeFirst(firstIndex)
        firstIndex = 0
      }
      return job
    }
  }
}
