import Checkpoint
import Foundation
import SystemPackage

/// A saver in a process of its own.
struct SaverProcess {
  /// What became of it.
  struct Ending {
    /// The steps that it acknowledged, in order.
    var acknowledged: [UInt64]
    /// Why it ended by itself, if it did.
    var failure: String?
  }

  private let process = Process()
  private let pipe = Pipe()
  private var output: Data

  /// Starts it and waits until it is about to save.
  init(directory: FilePath, mutant: Mutant? = nil) throws {
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["--saver", directory.string] + (mutant.map { [$0.rawValue] } ?? [])
    process.standardOutput = pipe
    try process.run()
    // Its first line says that it is about to save; what comes in with it counts too.
    output = pipe.fileHandleForReading.availableData
  }

  /// Whether it still saves, as it should until it is killed.
  var isRunning: Bool { process.isRunning }

  /// Waits until it acknowledges a save from now on.
  mutating func waitForAcknowledgement() {
    // What it has said by now, or, if that is nothing, its next line; then the one after it.
    for _ in 1...2 { output.append(pipe.fileHandleForReading.availableData) }
  }

  /// Kills it, and waits until it is gone.
  mutating func kill() -> Ending {
    Foundation.kill(process.processIdentifier, SIGKILL)
    output.append(pipe.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    // A last line without its end was cut off in the middle: it doesn't count.
    let lines = String(decoding: output, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).dropLast()
    var ending = Ending(acknowledged: lines.compactMap { UInt64($0) })
    if process.terminationReason != .uncaughtSignal {
      let status = process.terminationStatus
      ending.failure = "the saver ended by itself, status \(status): \(lines.last ?? "")"
    }
    return ending
  }
}
