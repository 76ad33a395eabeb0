import CheckpointIO
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Work that blocks runs beside Swift's tasks and not in their way.
@Suite struct BlockingPoolTests {
  struct Failure: Error, Equatable { var index: Int }

  @Test("Eight blocked jobs don't block the tasks that are to free them", .timeLimit(.minutes(1)))
  func leavesTasksAlone() async throws {
    let pool = BlockingPool(threadCount: 8)
    let blockedCount = Counter()
    let freed = Counter()
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          await pool.run { () throws(Never) in
            blockedCount.add()
            while freed.value == 0 { usleep(1000) }
          }
        }
      }
      // On Swift's own threads, of which there are as many as processors, this would never run.
      group.addTask {
        while blockedCount.value < 8 { await Task.yield() }
        freed.add()
      }
    }
  }

  @Test("Eight blocking jobs of 100 ms on eight threads take about 100 ms, not 800")
  func runsSideBySide() {
    let pool = BlockingPool(threadCount: 8)
    let duration = ContinuousClock().measure {
      pool.forEach(count: 8) { _ throws(Never) in _ = usleep(100_000) }
    }
    #expect(duration >= .milliseconds(100))
    #expect(duration < .milliseconds(600))
  }

  @Test("A job's value and error come back, the error with its type")
  func returns() async {
    let pool = BlockingPool(threadCount: 1)
    #expect(await pool.run { () throws(Never) in 7 } == 7)
    do throws(Failure) {
      try await pool.run { () throws(Failure) in throw Failure(index: 3) }
      Issue.record("nothing thrown")
    } catch {
      #expect(error.index == 3)
    }
  }

  @Test("The threads outlive the pool until all jobs are done")
  func drains() async {
    let doneCount = Counter()
    await withTaskGroup { group in
      let pool = BlockingPool(threadCount: 2)
      for _ in 0..<2000 {
        group.addTask {
          await pool.run { () throws(Never) in
            doneCount.add()
          }
        }
      }
    }
    #expect(doneCount.value == 2000)
  }

  @Test("A loop calls its body once for each index", arguments: [0, 1, 2, 3, 1000], [1, 2, 5])
  func loops(count: Int, threadCount: Int) {
    let calls = Locked([Int](repeating: 0, count: count))
    BlockingPool(threadCount: threadCount).forEach(count: count) { index throws(Never) in
      calls.withLock { $0[index] += 1 }
    }
    #expect(calls.withLock { $0 } == [Int](repeating: 1, count: count))
  }

  @Test("A loop runs on several threads at a time", .timeLimit(.minutes(1)))
  func loopsInParallel() {
    // Each of the two calls waits until the other has begun.
    let begunCount = Counter()
    BlockingPool(threadCount: 2).forEach(count: 2) { _ throws(Never) in
      begunCount.add()
      while begunCount.value < 2 { usleep(100) }
    }
  }

  @Test("A loop inside jobs that take all threads doesn't deadlock", .timeLimit(.minutes(1)))
  func loopsInside() async {
    let pool = BlockingPool(threadCount: 2)
    let callCount = Counter()
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          await pool.run { () throws(Never) in
            pool.forEach(count: 10) { _ throws(Never) in
              pool.forEach(count: 10) { _ throws(Never) in
                callCount.add()
              }
            }
          }
        }
      }
    }
    #expect(callCount.value == 800)
  }

  @Test("The lowest index's error is thrown, whatever the order; then no more calls begin")
  func loopFails() {
    let pool = BlockingPool(threadCount: 4)
    for _ in 0..<200 {
      let callCount = Counter()
      #expect(throws: Failure(index: 10)) {
        try pool.forEach(count: 10_000) { index throws(Failure) in
          callCount.add()
          if index >= 10 { throw Failure(index: index) }
        }
      }
      #expect(callCount.value < 10_000)
    }
  }

  @Test("A loop's body may borrow from its caller; helpers that come late don't touch it")
  func loopBorrows() {
    let pool = BlockingPool(threadCount: 4)
    for round in 0..<500 {
      let total = Counter()
      var values = Array(0..<5).map { $0 + round }
      values.withUnsafeMutableBufferPointer { buffer in
        nonisolated(unsafe) let buffer = buffer
        pool.forEach(count: 5) { index throws(Never) in
          total.add(buffer[index])
          buffer[index] = 0
        }
      }
      #expect(total.value == 10 + 5 * round)
      #expect(values == [0, 0, 0, 0, 0])
    }
  }
}
