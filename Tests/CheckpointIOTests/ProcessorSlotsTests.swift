import CheckpointIO
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Threads that compute at the same time.
@Suite("Processor slots")
struct ProcessorSlotsTests {
  @Test("no more threads are inside than there are slots, and all get in", arguments: [1, 2, 3])
  func bound(count: Int) {
    let slots = ProcessorSlots(count: count)
    let state = Locked((inside: 0, most: 0, calls: 0))
    BlockingPool(threadCount: 6).forEach(count: 600) { _ throws(Never) in
      slots.withSlot {
        state.withLock { state in
          state.inside += 1
          state.most = max(state.most, state.inside)
        }
        // So that the others get as far as they can.
        usleep(200)
        state.withLock { state in
          state.inside -= 1
          state.calls += 1
        }
      }
    }
    let (inside, most, calls) = state.withLock { $0 }
    #expect(inside == 0 && most <= count && calls == 600)
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
