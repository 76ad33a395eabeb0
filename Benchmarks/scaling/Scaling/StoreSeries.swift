import Checkpoint
import Foundation
import SystemPackage

/// Listing stores of 10 checkpoints and more: in process by a store object that has seen nothing yet, and by
/// the command. The files are small, as a list reads a few kilobytes of each whatever its size.
struct StoreSeries {
  let folder: URL
  let program: String

  func measure(upTo limit: Int) throws {
    let path = FilePath(folder.appending(path: "store").path)
    let store = try CheckpointStore(at: path)
    var saved = 0
    for count in [10, 100, 1000, 10_000] where count <= limit {
      while saved < count {
        saved += 1
        try store.save(state(saved))
      }
      let readOnly = StoreOptions(access: .readOnly)
      let size = Double(count)
      let lists = try Stopwatch.repeated {
        let found = try CheckpointStore(at: path, options: readOnly).list().count
        guard found == count else { throw CocoaError(.fileReadCorruptFile) }
      }
      try Point(series: "list", size: size, seconds: lists).print()
      let again = try Stopwatch.repeated { _ = try store.list() }
      try Point(series: "list again", size: size, seconds: again).print()
      for arguments in [["ls", "--json"], ["ls"]] {
        let command = ChildProcess(program: program, arguments: arguments + [path.string])
        let times = try command.seconds()
        try Point(
          series: "ckpt \(arguments.joined(separator: " "))", size: size, seconds: times
        ).print()
      }
    }
  }

  private func state(_ number: Int) -> Checkpoint {
    var checkpoint = Checkpoint(step: UInt64(number) * 100, epoch: UInt64(number))
    let progress = Double(number) / 10_000
    checkpoint.metrics = [
      "loss": 1 - progress, "acc": progress, "val_loss": 1.1 - progress,
      "val_acc": progress * 0.9,
    ]
    checkpoint.tensors["dense/kernel"] = Tensor([Float](repeating: 1, count: 256))
    return checkpoint
  }
}
