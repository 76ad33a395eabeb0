import Checkpoint
import CheckpointTrainer
import Foundation
import SystemPackage

/// Runs that are killed again and again, each compared with one that wasn't.
struct ResumeTest {
  let recipe: Recipe
  let killCount: Int
  let mutant: Mutant?

  /// How often a run is killed at most before it may come to its end.
  private static let killLimitPerRun = 8

  /// - Throws: `Failure` at the first difference.
  func run() throws -> Tally {
    let whole = recipe.directory.appending("whole")
    let begun = Date()
    var expected = Transcript()
    expected.append(try start(in: whole).end(killAfter: nil).output)
    let seconds = Date().timeIntervalSince(begun)
    let final = try end(of: whole)
    guard !expected.lines.isEmpty else { throw Failure(description: "no epoch was printed") }
    var tally = Tally()
    while tally.killCount < killCount {
      let run = recipe.directory.appending("run")
      try? FileManager.default.removeItem(atPath: run.string)
      let transcript = try disturbed(in: run, seconds: seconds, &tally)
      try transcript.compare(with: expected)
      try compare(try end(of: run), with: final)
      tally.runCount += 1
      tally.middleCount += transcript.middles
      if tally.runCount % 10 == 0 { Main.say("\(tally)") }
    }
    return tally
  }

  private func start(in run: FilePath, isReplacing: Bool = false) throws -> TrainingProcess {
    try TrainingProcess(arguments: recipe.arguments(run: run, isReplacing: isReplacing))
  }

  /// A run to its end, whatever happens to it.
  private func disturbed(
    in run: FilePath, seconds: Double, _ tally: inout Tally
  ) throws -> Transcript {
    var transcript = Transcript()
    var killsLeft = min(
      Int.random(in: 1...ResumeTest.killLimitPerRun), killCount - tally.killCount)
    while true {
      // Within a process's life, as long as the undisturbed one's.
      let delay = killsLeft > 0 ? Double.random(in: 0..<seconds * 0.7) : nil
      let ending = try start(in: run, isReplacing: tally.runCount % 2 == 1).end(killAfter: delay)
      transcript.append(ending.output)
      guard ending.isKilled else { return transcript }
      killsLeft -= 1
      tally.killCount += 1
      let names = (try? FileManager.default.contentsOfDirectory(atPath: run.string)) ?? []
      if names.contains(where: { $0.hasPrefix(".ckpt-tmp-") }) { tally.inSaveCount += 1 }
      try mutant?.tamper(with: run)
    }
  }

  // MARK: Comparing

  private func end(of run: FilePath) throws -> Checkpoint {
    let store = try CheckpointStore(at: run, options: StoreOptions(access: .readOnly))
    guard let latest = try store.latest() else {
      throw Failure(description: "\(run) holds no checkpoint")
    }
    return latest.checkpoint
  }

  private func compare(_ checkpoint: Checkpoint, with expected: Checkpoint) throws {
    var different: [String] = []
    for name in Set(checkpoint.tensors.keys).union(expected.tensors.keys).sorted()
    where checkpoint.tensors[name] != expected.tensors[name] { different.append(name) }
    for name in Set(checkpoint.blobs.keys).union(expected.blobs.keys).sorted()
    where checkpoint.blobs[name] != expected.blobs[name] { different.append(name) }
    for name in Set(checkpoint.documents.keys).union(expected.documents.keys).sorted()
    where checkpoint.documents[name] != expected.documents[name] { different.append(name) }
    if checkpoint.step != expected.step || checkpoint.epoch != expected.epoch {
      different.append("step or epoch")
    }
    if checkpoint.metrics != expected.metrics { different.append("metrics") }
    guard different.isEmpty else {
      throw Failure(
        description: "the end differs from the undisturbed run's in "
          + different.joined(separator: ", "))
    }
  }
}
