internal import Synchronization

/// Keeps text in memory.
package final class CapturedOutput: TextOutput {
  private let captured = Mutex("")

  /// Empty.
  package init() {}

  /// All text so far.
  package var text: String { captured.withLock { $0 } }

  package func write(_ text: String) { captured.withLock { $0 += text } }

  package func flush() {}
}
