internal import Synchronization

/// A sum that threads may add to at the same time.
final class ByteCount: Sendable {
  private let value = Atomic<UInt64>(0)

  /// Adds to it.
  /// - Returns: the new sum.
  func adding(_ count: UInt64) -> UInt64 {
    value.wrappingAdd(count, ordering: .relaxed).newValue
  }
}
