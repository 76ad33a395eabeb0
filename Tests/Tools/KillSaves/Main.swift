import Checkpoint
import Foundation
import SystemPackage

/// Kills a saving process at random moments, many times, and checks after each kill that every
/// acknowledged checkpoint is readable and the newest, that nothing torn is listed, and that the
/// next start clears up. Run by `Scripts/kill-test`.
@main
struct Main {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    if arguments.first == "--saver", let path = arguments.dropFirst().first {
      try Saver(directory: FilePath(path)).run()
      return
    }
    let count = arguments.first.flatMap { Int($0) } ?? 1000
    let directory = FilePath(NSTemporaryDirectory()).appending(
      "ckpt-kill-test-\(UniqueID.random())")
    try FileManager.default.createDirectory(
      atPath: directory.string, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory.string) }
    let start = Date()
    var judge = Judge(directory: directory, killCount: max(1, count))
    let tally = try judge.run()
    for violation in tally.violations { print(violation) }
    let seconds = String(format: "%.1f", Date().timeIntervalSince(start))
    print(
      "\(tally.kills) kills, \(tally.inSave) of them in the middle of a save,"
        + " \(tally.acknowledged) acknowledged saves, \(tally.violations.count) violations,"
        + " \(seconds) s")
    exit(tally.violations.isEmpty && tally.acknowledged > 0 ? 0 : 1)
  }
}
