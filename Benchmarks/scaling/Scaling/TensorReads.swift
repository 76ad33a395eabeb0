import Checkpoint
import Foundation
import SystemPackage

/// One tensor out of a file of 1 GB that is in the page cache, verified.
struct TensorReads {
  let folder: URL

  private static let fileBytes = 1_000_000_000

  func measure() throws {
    let path = FilePath(folder.appending(path: "reads.ckpt").path)
    for (name, sizeBytes) in [("64 KiB", 1 << 16), ("1 MiB", 1 << 20)] {
      var checkpoint = Checkpoint(step: 1)
      for number in 0..<TensorReads.fileBytes / sizeBytes {
        checkpoint.tensors["layer_\(number)/kernel"] = Tensor(
          [Float](repeating: Float(number) + 0.5, count: sizeBytes / 4))
      }
      try CheckpointWriter(path).write(checkpoint)
      let reader = try CheckpointReader(path)
      _ = try reader.load()
      // A different one each time.
      var number = 0
      func next() -> String {
        number = (number + 317) % checkpoint.tensors.count
        return "layer_\(number)/kernel"
      }
      let opened = try Stopwatch.repeated(least: 200) {
        _ = try CheckpointReader(path).elements(next(), as: Float.self)
      }
      let read = try Stopwatch.repeated(least: 200) {
        _ = try reader.elements(next(), as: Float.self)
      }
      let size = Double(sizeBytes)
      try Point(series: "open, read \(name)", size: size, seconds: opened).print()
      try Point(series: "read \(name)", size: size, seconds: read).print()
    }
  }
}
