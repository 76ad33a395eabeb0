import Foundation
import SystemPackage

/// One start of `ckpt train`.
struct TrainingProcess {
  /// What became of it.
  struct Ending {
    /// Whether it was killed before its end.
    var isKilled: Bool
    /// What it had printed by then.
    var output: String
  }

  private let process = Process()
  private let output = Pipe()
  private let messages = Pipe()

  /// Starts it.
  init(arguments: [String]) throws {
    // Built into the same directory.
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appending(path: "ckpt")
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = messages
    try process.run()
  }

  /// Waits for its end, or kills it after so many seconds.
  /// - Throws: `Failure` if it ends otherwise than by that or with status 0.
  func end(killAfter seconds: Double?) throws -> Ending {
    if let seconds {
      usleep(UInt32(seconds * 1e6))
      kill(process.processIdentifier, SIGKILL)
    }
    // What it prints is far less than a pipe holds.
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let notes = String(
      decoding: messages.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationReason == .uncaughtSignal, process.terminationStatus == SIGKILL {
      return Ending(isKilled: true, output: text)
    }
    guard process.terminationReason == .exit, process.terminationStatus == 0, notes.isEmpty else {
      throw Failure(
        description: "ckpt train ended by itself, status \(process.terminationStatus): \(notes)")
    }
    return Ending(isKilled: false, output: text)
  }
}
