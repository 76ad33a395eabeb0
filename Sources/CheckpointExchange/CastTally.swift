internal import Synchronization

/// Counts what casting changes beyond rounding. Threads may count at the same time.
final class CastTally: Sendable {
  private let overflows = Atomic<Int>(0)
  private let tensors = Atomic<Int>(0)

  /// Finite numbers that became infinite.
  var overflowCount: Int { overflows.load(ordering: .relaxed) }

  /// Tensors that are cast.
  var tensorCount: Int { tensors.load(ordering: .relaxed) }

  func add(overflows count: Int) {
    if count > 0 { overflows.wrappingAdd(count, ordering: .relaxed) }
  }

  func addTensor() { tensors.wrappingAdd(1, ordering: .relaxed) }
}
