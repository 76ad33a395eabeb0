import Checkpoint
import CheckpointIO
import Foundation
import SystemPackage

/// The process that is killed: saves one checkpoint after the other and says so after each.
struct Saver {
  let directory: FilePath
  /// What it leaves out, if anything.
  let mutant: Mutant?

  /// What is kept: after each save the rest is pruned, so that cuts hit that too.
  static let policy = "last=3,best=1:loss:min"
  /// How many that lets stay.
  static let keptLimit = 4

  /// Steps whose save replaces a file of a fixed name, as a best-only callback does.
  static func isReplacing(_ step: UInt64) -> Bool { step % 3 == 0 }

  /// The metric: no order in it. Saves that are replaced have none.
  static func loss(_ step: UInt64) -> Double? {
    isReplacing(step) ? nil : Double((step &* 2_654_435_761) % 65_521)
  }

  /// What is saved at a step: told from the step alone, so that the judge knows it too.
  static func checkpoint(_ step: UInt64) -> Checkpoint {
    var checkpoint = Checkpoint(step: step)
    // Sizes from 40 KB to 1.2 MB, so that kills hit all phases of a save, and now and then 18 MB, which are
    // written past the page cache.
    let count = step % 10 == 7 ? 4_500_000 : 10_000 + Int(step % 7) * 50_000
    checkpoint.tensors["w"] = Tensor(
      (0..<count).map { UInt32(truncatingIfNeeded: step &* 31) &+ UInt32($0) })
    checkpoint.tensors["b"] = Tensor([Double(step)])
    // The same for a while: shared with the one before where the file system shares blocks.
    checkpoint.tensors["frozen"] = Tensor((0..<100_000).map { UInt64(step / 8) &* 7 &+ $0 &* $0 })
    checkpoint.documents["history"] = ["step": .int(Int64(step))]
    checkpoint.metrics["loss"] = loss(step)
    return checkpoint
  }

  /// Never returns: saves until it is killed, or the disk gives out.
  func run() throws {
    let store = try CheckpointStore(
      at: directory,
      options: StoreOptions(
        save: SaveOptions(compression: .fast),
        retention: .policy(try RetentionPolicy(Saver.policy))),
      in: mutant?.fileSystem ?? PosixFileSystem())
    var step = try store.latest()?.checkpoint.step ?? 0
    FileHandle.standardOutput.write(Data("ready\n".utf8))
    while true {
      step += 1
      try store.save(
        Saver.checkpoint(step), as: Saver.isReplacing(step) ? "best.ckpt" : nil)
      FileHandle.standardOutput.write(Data("\(step)\n".utf8))
      _ = try store.lastPruning?.get()
    }
  }
}
