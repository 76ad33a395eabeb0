import CScaling
import Checkpoint
import Foundation
import SystemPackage

/// Opening files of 100 chunks and more. What the chunks hold costs nothing, so they are zeros, which take no
/// space: with 1 MiB each, 100,000 chunks are a file of 105 GB.
struct ChunkSeries {
  let folder: URL

  private static let chunkBytes = 1 << 16

  func measure(upTo limit: Int) throws {
    let path = FilePath(folder.appending(path: "chunks.ckpt").path)
    let options = SaveOptions(compression: .fast, chunkSizeBytes: ChunkSeries.chunkBytes)
    for count in [100, 1000, 10_000, 100_000, 1_000_000] where count <= limit {
      let tensor = TensorDeclaration(
        name: "w", dtype: .f32, shape: [count * ChunkSeries.chunkBytes / 4])
      try CheckpointWriter(path, options: options)
        .write(Checkpoint(step: 1), tensors: [tensor]) { _, _, _ in }
      let before = Int(scaling_allocated_bytes())
      let reader = try CheckpointReader(path)
      let held = withExtendedLifetime(reader) { Int(scaling_allocated_bytes()) - before }
      let opens = try Stopwatch.repeated { _ = try CheckpointReader(path) }
      try Point(
        series: "open, by chunks", size: Double(count), seconds: opens, memoryBytes: held
      ).print()
    }
  }
}
