import Synchronization
import Testing

@testable import CheckpointTrainer

@Suite("Progress")
struct ProgressReporterTests {
  @Test("says times as Keras does")
  func durations() {
    #expect(ProgressReporter.duration(2.4) == "2s")
    #expect(ProgressReporter.duration(0.0164) == "16ms")
    #expect(ProgressReporter.duration(0.000093) == "93us")
    #expect(ProgressReporter.clockTime(45) == "45s")
    #expect(ProgressReporter.clockTime(69) == "1:09")
    #expect(ProgressReporter.clockTime(3723) == "1:02:03")
  }

  @Test("writes values with four digits, up to a thousandth with an exponent")
  func values() {
    let logs = Logs([("accuracy", 0), ("loss", 0.0312), ("val_loss", 0.001), ("x", .nan)])
    #expect(
      ProgressReporter.text(logs)
        == " - accuracy: 0.0000e+00 - loss: 0.0312 - val_loss: 1.0000e-03 - x: nan")
  }

  @Test("draws a bar on a terminal, each state over the one before")
  func bar() throws {
    let lines = Lines()
    let seconds = Ticking()
    var reporter = ProgressReporter(
      console: lines.console(isTerminal: true, seconds: { seconds.next() }), verbosity: .automatic,
      stepCount: 4)
    reporter.beginEpoch(0, of: 2, step: 0)
    reporter.endStep(1, logs: Logs([("loss", 2.5)]))
    reporter.endEpoch(logs: Logs([("loss", 1.5)]))
    let green = "\u{1b}[32m━━━━━\u{1b}[0m"
    let grey = "\u{1b}[37m━━━━━━━━━━━━━━━\u{1b}[0m"
    let drawn = lines.text.split(separator: "\r")
    #expect(drawn[0] == "Epoch 1/2\n")
    #expect(
      drawn[1]
        == "\u{1b}[1m1/4\u{1b}[0m \(green)\(grey) \u{1b}[1m3s\u{1b}[0m 1s/step - loss: 2.5000")
    #expect(drawn[2].hasPrefix("4/4 ━━━━━━━━━━━━━━━━━━━━ 2s 500ms/step - loss: 1.5000"))
    #expect(drawn[2].hasSuffix("\n"))
  }

  @Test("is one line per epoch elsewhere, and nothing if silent")
  func plain() {
    for (verbosity, expected) in [
      (Verbosity.automatic, "Epoch 1/2\n4/4 - 0s - 0us/step - loss: 1.5000\n"),
      (.bar, "Epoch 1/2\n4/4 ━━━━━━━━━━━━━━━━━━━━ 0s 0us/step - loss: 1.5000\n"),
      (.silent, ""),
    ] {
      let lines = Lines()
      var reporter = ProgressReporter(console: lines.console, verbosity: verbosity, stepCount: 4)
      reporter.beginEpoch(0, of: 2, step: 0)
      reporter.endStep(1, logs: Logs([("loss", 2.5)]))
      reporter.endEpoch(logs: Logs([("loss", 1.5)]))
      #expect(lines.text == expected)
    }
  }
}

/// A clock that goes on by a second each time it is read.
private final class Ticking: Sendable {
  private let now = Mutex(0.0)

  func next() -> Double {
    now.withLock { now in
      defer { now += 1 }
      return now
    }
  }
}
