import Checkpoint
import Foundation
import SystemPackage

/// Cuts a saving process off at random moments, many times, and checks after each that every
/// acknowledged checkpoint is readable and the newest, that nothing torn is listed, and that the
/// next start clears up. Run by `Scripts/kill-test`, which kills the process, and by
/// `Scripts/powercut-test`, which takes the file system from under it.
@main
struct Main {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "--saver": save(Array(arguments.dropFirst()))
    case "--power": try cutPower(Array(arguments.dropFirst()))
    default: try killSavers(arguments)
    }
  }

  /// `DIRECTORY [MUTANT]`
  private static func save(_ arguments: [String]) -> Never {
    guard let path = arguments.first else { exit(64) }
    do {
      try Saver(
        directory: FilePath(path), mutant: arguments.dropFirst().first.flatMap(Mutant.init)
      ).run()
    } catch {
      // Not on the error output: when its power is cut it has to end like this.
      print(error)
    }
    exit(1)
  }

  /// `DEVICE TYPE MOUNT-POINT CUTS [MUTANT]`
  private static func cutPower(_ arguments: [String]) throws {
    guard arguments.count >= 4, let count = Int(arguments[3]), count > 0 else { exit(64) }
    var mutant: Mutant?
    if let name = arguments.dropFirst(4).first {
      mutant = Mutant(rawValue: name)
      guard mutant != nil else { exit(64) }
    }
    let volume = Volume(
      device: FilePath(arguments[0]), type: arguments[1], mountPoint: FilePath(arguments[2]))
    let start = Date()
    let tally = try PowerCutTest(volume: volume, cutCount: count, mutant: mutant).run()
    let title = volume.type + (mutant.map { " (\($0.rawValue))" } ?? "")
    finish(tally, "\(title): \(tally.count) cuts", since: start)
  }

  /// `[KILLS]`
  private static func killSavers(_ arguments: [String]) throws {
    let count = arguments.first.flatMap { Int($0) } ?? 1000
    let directory = FilePath(NSTemporaryDirectory()).appending(
      "ckpt-kill-test-\(UniqueID.random())")
    try FileManager.default.createDirectory(
      atPath: directory.string, withIntermediateDirectories: true)
    let start = Date()
    let result = Result {
      try KillTest(directory: directory, killCount: max(1, count)).run()
    }
    try? FileManager.default.removeItem(atPath: directory.string)
    let (tally, inSave) = try result.get()
    finish(tally, "\(tally.count) kills, \(inSave) of them in the middle of a save", since: start)
  }

  private static func finish(_ tally: Tally, _ title: String, since start: Date) -> Never {
    for violation in tally.violations.prefix(10) { print(violation) }
    if tally.violations.count > 10 { print("... and \(tally.violations.count - 10) more") }
    let seconds = String(format: "%.1f", Date().timeIntervalSince(start))
    print(
      "\(title), \(tally.acknowledged) acknowledged saves, \(tally.violations.count) violations,"
        + (tally.sharing > 0 ? " \(tally.sharing) sound checkpoints shared blocks," : "")
        + " \(seconds) s")
    exit(tally.isGood ? 0 : 1)
  }
}
