import Checkpoint
import Foundation
import SystemPackage

/// Starts savers, kills each at a random moment, and has what is left judged.
struct KillTest {
  let directory: FilePath
  let killCount: Int

  /// - Returns: What was seen, and how many kills left a temporary: they hit the middle of a save.
  func run() throws -> (Tally, inSave: Int) {
    var tally = Tally()
    var inSave = 0
    var judge = Judge(directory: directory)
    for number in 1...killCount {
      var saver = try SaverProcess(directory: directory)
      usleep(UInt32.random(in: 0..<30_000))
      let ending = saver.kill()
      if let failure = ending.failure { throw CheckpointError(.io, failure) }
      tally.count += 1
      tally.acknowledged += ending.acknowledged.count
      if judge.isTemporaryLeft { inSave += 1 }
      for violation in judge.violations(after: ending.acknowledged) {
        tally.violations.append("kill \(number): \(violation)")
      }
      if number % 100 == 0 {
        FileHandle.standardError.write(
          Data("\(number) kills, \(tally.acknowledged) acknowledged saves\n".utf8))
      }
    }
    return (tally, inSave)
  }
}
