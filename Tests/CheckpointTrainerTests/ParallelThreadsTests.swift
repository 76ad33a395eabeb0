import CCheckpointShims
import Synchronization
import Testing

@testable import CheckpointTrainer

@Suite("Parallel threads")
struct ParallelThreadsTests {
  @Test("call the body once for each index", arguments: [0, 1, 2, 3, 7, 100, 70_000])
  func everyIndex(count: Int) {
    let calls = Mutex([Int](repeating: 0, count: count))
    ParallelThreads.forEach(count: count) { index in calls.withLock { $0[index] += 1 } }
    #expect(calls.withLock { $0.allSatisfy { $0 == 1 } })
  }

  @Test("are quick to enter again and again, awake or asleep")
  func again() async throws {
    let sum = Mutex(0)
    for round in 0..<3 {
      for _ in 0..<1000 {
        ParallelThreads.forEach(count: 3) { index in sum.withLock { $0 += index + 1 } }
      }
      #expect(sum.withLock { $0 } == 6000 * (round + 1))
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  @Test("can be entered from inside and by several at a time")
  func nested() async {
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let calls = Mutex(0)
          ParallelThreads.forEach(count: 5) { _ in
            ParallelThreads.forEach(count: 4) { _ in calls.withLock { $0 += 1 } }
          }
          return calls.withLock { $0 }
        }
      }
      for await calls in group { #expect(calls == 20) }
    }
  }
}
