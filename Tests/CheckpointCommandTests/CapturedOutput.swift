import CheckpointCommand
import Synchronization

/// Keeps text in memory.
final class CapturedOutput: TextOutput {
  private let captured = Mutex("")

  /// Empty.
  init() {}

  /// All text so far.
  var text: String { captured.withLock { $0 } }

  func write(_ text: String) { captured.withLock { $0 += text } }

  func flush() {}
}
