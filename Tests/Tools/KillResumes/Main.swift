import Checkpoint
import Foundation
import SystemPackage

/// Kills `ckpt train` with SIGKILL at random moments, starts it again until it is done, and compares
/// the end with that of a run that nothing happened to: bit for bit. Run by `Scripts/resume-test`.
@main
struct Main {
  /// `[KILLS [mlp|cnn [MUTANT]]]`
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let count = arguments.first.map { Int($0) ?? 0 } ?? 200
    let model = arguments.dropFirst().first.map { Recipe.Model(rawValue: $0) } ?? .cnn
    let mutant = arguments.dropFirst(2).first.map { Mutant(rawValue: $0) }
    guard let model, count > 0, mutant != .some(nil) else {
      say("usage: kill-resumes [KILLS [mlp|cnn [forgets-generators]]]")
      exit(64)
    }
    let directory = FilePath(NSTemporaryDirectory()).appending(
      "ckpt-resume-test-\(UniqueID.random())")
    try FileManager.default.createDirectory(
      atPath: directory.string, withIntermediateDirectories: true)
    let start = Date()
    let test = ResumeTest(
      recipe: try Recipe(model, in: directory), killCount: count, mutant: mutant ?? nil)
    do {
      let tally = try test.run()
      try? FileManager.default.removeItem(atPath: directory.string)
      let seconds = String(format: "%.1f", Date().timeIntervalSince(start))
      print("\(model.rawValue): \(tally), \(seconds) s")
    } catch {
      say("\(error)\nAll of it is in \(directory)")
      exit(1)
    }
  }

  /// A line for people.
  static func say(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
