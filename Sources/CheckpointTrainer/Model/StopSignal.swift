import CCheckpointShims
import CheckpointIO

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Signals that ask the process to end, noted for as long as this lives and is not released: whoever
/// looks finds out, and ends in order.
///
/// The first signal is noted; the next one, of whatever kind, ends the process as by default. Handlers
/// are the process's: while several of these are about, a signal is for all of them, and when the last
/// one is released, the handlers of before are back. Signals that the process ignores (`nohup`) stay
/// ignored.
final class StopSignal: Sendable {
  /// What preemption and Ctrl-C send.
  static let usual = [SIGTERM, SIGINT]

  private let signals: [Int32]
  private let isReleased = Locked(false)

  /// How many note each signal.
  private static let counts = Locked<[Int32: Int]>([:])

  init(_ signals: [Int32] = StopSignal.usual) {
    self.signals = signals
    StopSignal.counts.withLock { counts in
      for signal in signals {
        // A signal that can't be noted acts as before.
        if counts[signal, default: 0] == 0 { _ = ckpt_signal_note(signal) }
        counts[signal, default: 0] += 1
      }
    }
  }

  deinit { release() }

  /// The signal that has come; nil if none. Stays true after the release.
  var received: Int32? {
    signals.first { ckpt_signal_has_come($0) }
  }

  /// Puts the handlers of before back. Again and again, if one likes.
  func release() {
    let isFirst = isReleased.withLock { isReleased in
      defer { isReleased = true }
      return !isReleased
    }
    guard isFirst else { return }
    StopSignal.counts.withLock { counts in
      for signal in signals {
        counts[signal, default: 1] -= 1
        if counts[signal] == 0 { _ = ckpt_signal_release(signal) }
      }
    }
  }

  /// What a signal is called.
  static func name(of signal: Int32) -> String {
    switch signal {
    case SIGTERM: "SIGTERM"
    case SIGINT: "SIGINT"
    default: "signal \(signal)"
    }
  }
}
