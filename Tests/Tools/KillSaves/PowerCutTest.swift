import Checkpoint
import Foundation
import SystemPackage

/// Starts savers on a real file system, cuts its power at random moments, and has what is found
/// after the next mount judged.
struct PowerCutTest {
  let volume: Volume
  let cutCount: Int
  let mutant: Mutant?

  /// How many cuts a directory sees before the savers get a new one: making it is cut into, too.
  private static let cutsPerDirectory = 10

  func run() throws -> Tally {
    var tally = Tally()
    try volume.mount()
    defer { try? volume.unmount() }
    var judge = Judge(directory: volume.mountPoint.appending("run-1"))
    var cutsOfDirectory = 0
    for number in 1...cutCount {
      let acknowledged = try cutOneSaver(in: judge.directory)
      tally.count += 1
      tally.acknowledged += acknowledged.count
      let sharingBefore = judge.sharingCount
      let violations = judge.violations(after: acknowledged)
      tally.sharing += judge.sharingCount - sharingBefore
      tally.violations += violations.map { "cut \(number): \($0)" }
      cutsOfDirectory += 1
      // What a mutant broke must not be counted again after the next cut.
      guard !violations.isEmpty || cutsOfDirectory == Self.cutsPerDirectory else { continue }
      for name in try FileManager.default.contentsOfDirectory(atPath: volume.mountPoint.string)
      where name.hasPrefix("run-") {
        try FileManager.default.removeItem(atPath: volume.mountPoint.appending(name).string)
      }
      judge = Judge(directory: volume.mountPoint.appending("run-\(number + 1)"))
      cutsOfDirectory = 0
    }
    return tally
  }

  /// The steps that the saver acknowledged before and after the cut.
  private func cutOneSaver(in directory: FilePath) throws -> [UInt64] {
    var saver = try SaverProcess(directory: directory, mutant: mutant)
    usleep(UInt32.random(in: 0..<100_000))
    if Bool.random() {
      // A rename that wasn't made durable is lost only until the next save's fsync takes it along.
      saver.waitForAcknowledgement()
      usleep(UInt32.random(in: 0..<2_000))
    }
    let wasRunning = saver.isRunning
    do {
      try volume.cutPower()
    } catch {
      _ = saver.kill()
      throw error
    }
    // It lives on for a moment, which nobody does whose power was cut: what it acknowledges now on
    // a dead file system counts, and must not be a lie either.
    usleep(UInt32.random(in: 0..<20_000))
    let ending = saver.kill()
    if !wasRunning { throw CheckpointError(.io, ending.failure ?? "the saver was killed") }
    try volume.unmount()
    try volume.mount()
    return ending.acknowledged
  }
}
