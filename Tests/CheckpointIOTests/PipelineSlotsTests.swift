import CheckpointIO
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Threads that compute and threads that use the disk.
@Suite("Pipeline slots")
struct PipelineSlotsTests {
  private struct Counts {
    var inside = 0
    var most = 0
    var calls = 0

    mutating func enter() {
      inside += 1
      most = max(most, inside)
    }

    mutating func leave() {
      inside -= 1
      calls += 1
    }
  }

  /// Stays inside for a while, so that the others get as far as they can.
  private func stay(_ counts: Locked<Counts>) {
    counts.withLock { $0.enter() }
    usleep(200)
    counts.withLock { $0.leave() }
  }

  @Test(
    "no more threads are inside than told, and all get through",
    arguments: [(1, 1), (2, 1), (2, 3), (3, 2), (6, 6)])
  func bounds(processorCount: Int, diskCount: Int) {
    let slots = PipelineSlots(processorCount: processorCount, diskCount: diskCount)
    let (computing, disk) = (Locked(Counts()), Locked(Counts()))
    BlockingPool(threadCount: 7).forEach(count: 400) { _ throws(Never) in
      slots.compute { stay(computing) }
      slots.useDisk { stay(disk) }
    }
    for (counts, most) in [(computing, processorCount), (disk, diskCount)] {
      let counts = counts.withLock { $0 }
      #expect(counts.inside == 0 && counts.most <= most && counts.calls == 400)
    }
  }

  @Test("errors go through and free the place")
  func errors() {
    struct Failure: Error {}
    let slots = PipelineSlots(processorCount: 1, diskCount: 1)
    for _ in 0..<2 {
      #expect(throws: Failure.self) { try slots.compute { throw Failure() } }
      #expect(throws: Failure.self) { try slots.useDisk { throw Failure() } }
    }
  }

  @Test("while the disk is behind, one processor is left free; one is always used")
  func leavesProcessor() {
    for (processorCount, most) in [(3, 2), (2, 1), (1, 1)] {
      let slots = PipelineSlots(processorCount: processorCount, diskCount: 1)
      let computing = Locked(Counts())
      let comingCount = Locked(0)
      let isOpen = Locked(false)
      BlockingPool(threadCount: 12).forEach(count: 12) { number throws(Never) in
        if number < 5 {
          // One uses the disk and four wait for it.
          comingCount.withLock { $0 += 1 }
          slots.useDisk { while !isOpen.withLock({ $0 }) { usleep(100) } }
          return
        }
        while comingCount.withLock({ $0 }) < 5 { usleep(100) }
        // From there to the disk it isn't far.
        usleep(50_000)
        slots.compute {
          computing.withLock { $0.enter() }
          // Until as many are inside as may be; then for a while, lest one more comes.
          for _ in 0..<20_000 where computing.withLock({ $0.most }) < most { usleep(100) }
          usleep(1000)
          computing.withLock { $0.leave() }
        }
        if computing.withLock({ $0.calls }) == 7 { isOpen.withLock { $0 = true } }
      }
      #expect(computing.withLock { $0.most } == most)
    }
  }

  @Test("a loop is run by no more threads than told", arguments: [1, 2, 4])
  func width(_ width: Int) {
    let state = Locked((inside: 0, most: 0))
    BlockingPool(threadCount: 6).forEach(count: 600, width: width) { _ throws(Never) in
      state.withLock { state in
        state.inside += 1
        state.most = max(state.most, state.inside)
      }
      usleep(200)
      state.withLock { $0.inside -= 1 }
    }
    #expect(state.withLock { $0.most } <= width)
  }
}
