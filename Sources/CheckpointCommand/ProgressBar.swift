internal import Synchronization

/// How far a long check has come, on a terminal's last line, beside the result. Silent for what takes
/// less than two seconds, and where messages go to no terminal.
final class ProgressBar: Sendable {
  private static let delaySeconds = 2.0
  private static let pauseSeconds = 0.1
  private static let barWidth = 24

  private struct State {
    var label = ""
    var note = ""
    var totalBytes: UInt64 = 0
    var doneBytes: UInt64 = 0
    var lastSeconds: Double?
  }

  private let terminal: Terminal
  private let startSeconds: Double
  private let state = Mutex(State())

  init(on terminal: Terminal) {
    self.terminal = terminal
    startSeconds = terminal.uptimeSeconds()
  }

  /// Goes on to the next file.
  /// - Parameter note: what is said beside the name, such as `3 of 12`.
  func start(_ label: String, _ note: String = "", totalBytes: UInt64) {
    state.withLock {
      $0.label = label.printable
      $0.note = note
      $0.totalBytes = totalBytes
      $0.doneBytes = 0
    }
    advance(to: 0)
  }

  /// Draws anew, at most ten times a second. From any thread.
  func advance(to doneBytes: UInt64) {
    guard let width = terminal.messagesWidth else { return }
    let now = terminal.uptimeSeconds()
    guard now - startSeconds >= ProgressBar.delaySeconds else { return }
    state.withLock { state in
      // Threads don't report in the order in which they get done.
      state.doneBytes = max(state.doneBytes, doneBytes)
      if let last = state.lastSeconds, now - last < ProgressBar.pauseSeconds { return }
      state.lastSeconds = now
      let share =
        state.totalBytes == 0 ? 1 : min(1, Double(state.doneBytes) / Double(state.totalBytes))
      let full = Int(share * Double(ProgressBar.barWidth))
      let bar =
        String(repeating: "█", count: full)
        + String(repeating: "░", count: ProgressBar.barWidth - full)
      let percent = "\(Int(share * 100))".paddedLeft(to: 3)
      let tail = state.note.isEmpty ? "" : " (\(state.note))"
      let line = "\(bar) \(percent) %  \(state.label)\(tail)".elidingEnd(to: width - 1)
      try? terminal.messages.write("\r\(line)\u{1B}[K")
    }
  }

  /// The same, where how much there is to do is known only now.
  func advance(to doneBytes: UInt64, of totalBytes: UInt64) {
    state.withLock { $0.totalBytes = totalBytes }
    advance(to: doneBytes)
  }

  /// Takes the bar away, before anything else is said.
  func clear() {
    let isDrawn = state.withLock { state in
      defer { state.lastSeconds = nil }
      return state.lastSeconds != nil
    }
    if isDrawn { try? terminal.messages.write("\r\u{1B}[K") }
  }
}
