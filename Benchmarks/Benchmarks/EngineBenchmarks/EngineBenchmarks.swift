import Benchmark
import Checkpoint
import Foundation
import SystemPackage

/// What a training run waits for at the disk: saves, loads, pruning.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput], warmupIterations: 1, maxDuration: .seconds(5),
    maxIterations: 50)
  let folder = FilePath(NSTemporaryDirectory()).appending("ckpt-benchmarks")
  try? FileManager.default.createDirectory(
    atPath: folder.string, withIntermediateDirectories: true)

  /// Weights as training leaves them: normal, small.
  func weights(_ count: Int) -> [Float] {
    var state: UInt64 = 42
    return (0..<count).map { _ in
      var sum: Float = 0
      for _ in 0..<4 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        sum += Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
      }
      return sum * 0.02
    }
  }

  let float32 = weights(16 << 20)
  let states: [(String, Checkpoint)] = [
    ("64 MiB f32", checkpoint(Tensor(float32))),
    ("32 MiB bf16", checkpoint(Tensor(float32.map { BFloat16($0) }))),
    ("460 KB f32", checkpoint(Tensor(Array(float32.prefix(115_000))))),
  ]
  for (name, state) in states {
    for compression in Compression.allCases {
      let path = folder.appending("\(name)-\(compression).ckpt")
      let writer = CheckpointWriter(path, options: SaveOptions(compression: compression))
      Benchmark("durable save, \(name), \(compression)") { benchmark in
        for _ in benchmark.scaledIterations { try writer.write(state) }
      }
      Benchmark("verified load, warm, \(name), \(compression)") { benchmark in
        try writer.write(state)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
          blackHole(try CheckpointReader(path).load() as Checkpoint)
        }
      }
    }
  }

  for (name, state) in states where name.hasSuffix("f32") {
    pruningBenchmarks(name, state, in: folder)
  }

  var many = Checkpoint(step: 1)
  for number in 0..<10_000 { many.tensors["layer\(number)/w"] = Tensor([Float(number)]) }
  let manyPath = folder.appending("many.ckpt")
  let manyTensors = many
  Benchmark("save 10,000 small tensors") { benchmark in
    for _ in benchmark.scaledIterations { try CheckpointWriter(manyPath).write(manyTensors) }
  }
}

private func checkpoint(_ tensor: Tensor) -> Checkpoint {
  var checkpoint = Checkpoint(step: 1)
  checkpoint.tensors["w"] = tensor
  return checkpoint
}
