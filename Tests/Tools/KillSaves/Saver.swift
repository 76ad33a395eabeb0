import Checkpoint
import CheckpointIO
import Foundation
import SystemPackage

/// The process that is killed: saves one checkpoint after the other and says so after each.
struct Saver {
  let directory: FilePath
  /// What it leaves out, if anything.
  let mutant: Mutant?

  /// How many checkpoints it leaves in the directory, every eighth save.
  static let keptCount = 3

  /// What is saved at a step: told from the step alone, so that the judge knows it too.
  static func checkpoint(_ step: UInt64) -> Checkpoint {
    var checkpoint = Checkpoint(step: step)
    // Sizes from 40 KB to 1.2 MB, so that kills hit all phases of a save.
    let count = 10_000 + Int(step % 7) * 50_000
    checkpoint.tensors["w"] = Tensor(
      (0..<count).map { UInt32(truncatingIfNeeded: step &* 31) &+ UInt32($0) })
    checkpoint.tensors["b"] = Tensor([Double(step)])
    checkpoint.documents["history"] = ["step": .int(Int64(step))]
    checkpoint.metrics["loss"] = 1 / Double(step)
    return checkpoint
  }

  /// Never returns: saves until it is killed, or the disk gives out.
  func run() throws {
    let store = try CheckpointStore(
      at: directory,
      options: StoreOptions(save: SaveOptions(compression: .fast)),
      in: mutant?.fileSystem ?? PosixFileSystem())
    var step = try store.latest()?.checkpoint.step ?? 0
    FileHandle.standardOutput.write(Data("ready\n".utf8))
    while true {
      step += 1
      // Every third save replaces a file of a fixed name, as a best-only callback does.
      try store.save(Saver.checkpoint(step), as: step % 3 == 0 ? "best.ckpt" : nil)
      FileHandle.standardOutput.write(Data("\(step)\n".utf8))
      guard step % 8 == 0 else { continue }
      let all = try store.list()
      if all.count > Saver.keptCount { try store.remove(Array(all.dropLast(Saver.keptCount))) }
    }
  }
}
