import CheckpointIO
import Synchronization
import Testing

@Suite("A job that is waited for later")
struct PendingJobTests {
  private struct Failure: Error, Equatable {}

  @Test("is done when waiting ends, and tells its error once")
  func waits() {
    let job = PendingJob<Failure>()
    #expect(job.wait() == nil)
    for round in 1...50 {
      let isDone = Mutex(false)
      let fails = round % 2 == 0
      job.start { () throws(Failure) in
        isDone.withLock { $0 = true }
        if fails { throw Failure() }
      }
      #expect((job.wait() != nil) == fails)
      #expect(isDone.withLock { $0 })
      #expect(job.wait() == nil)
    }
  }
}
