import CScaling
import Checkpoint
import Foundation
import SystemPackage

/// Opening, listing and inspecting files of 100 tensors and more, of a float each.
struct TensorSeries {
  let folder: URL
  let program: String

  func measure(upTo limit: Int) throws {
    let path = FilePath(folder.appending(path: "tensors.ckpt").path)
    for count in [100, 1000, 10_000, 100_000, 1_000_000] where count <= limit {
      try write(count, to: path)
      let before = Int(scaling_allocated_bytes())
      let reader = try CheckpointReader(path)
      let held = withExtendedLifetime(reader) { Int(scaling_allocated_bytes()) - before }
      let size = Double(count)
      let opens = try Stopwatch.repeated { _ = try CheckpointReader(path) }
      try Point(series: "open", size: size, seconds: opens, memoryBytes: held).print()
      let lists = try Stopwatch.repeated {
        let reader = try CheckpointReader(path)
        var bytes: UInt64 = 0
        for position in 0..<reader.tensorCount { bytes += reader.info(at: position).sizeBytes }
        guard bytes == 4 * UInt64(count) else { throw CocoaError(.fileReadCorruptFile) }
      }
      try Point(series: "open and list", size: size, seconds: lists).print()
      let inspect = ChildProcess(
        program: program, arguments: ["inspect", "--json", path.string])
      let times = try inspect.seconds()
      try Point(series: "ckpt inspect --json", size: size, seconds: times).print()
    }
  }

  private func write(_ count: Int, to path: FilePath) throws {
    let tensors = (0..<count).map {
      TensorDeclaration(name: "model/layer_\($0)/kernel", dtype: .f32, shape: [1])
    }
    try CheckpointWriter(path).write(Checkpoint(step: 1), tensors: tensors) { _, _, _ in }
  }
}
