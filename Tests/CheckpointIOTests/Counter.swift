import Synchronization

/// A number that threads and tasks count up together.
final class Counter: Sendable {
  private let number = Atomic(0)

  var value: Int { number.load(ordering: .acquiring) }

  func add(_ count: Int = 1) { number.add(count, ordering: .acquiringAndReleasing) }
}
