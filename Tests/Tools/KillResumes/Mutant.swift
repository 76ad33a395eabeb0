import Checkpoint
import CheckpointTrainer
import SystemPackage

/// A way to spoil a resume, to see that the test finds it.
enum Mutant: String {
  /// The generators begin anew, as if a checkpoint didn't hold them.
  case forgetsGenerators = "forgets-generators"

  /// Changes what the next process goes on from.
  func tamper(with run: FilePath) throws {
    let store = try CheckpointStore(at: run)
    guard var checkpoint = try store.latest()?.checkpoint else { return }
    for name in checkpoint.blobs.keys {
      checkpoint.blobs[name] = RandomGenerator(seed: 7, name: name).state
    }
    try store.save(checkpoint, as: "tampered.ckpt")
  }
}
