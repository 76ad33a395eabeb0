import Benchmark
import BenchmarkStates
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

  let states = WeightStates.large + [WeightStates.small]
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
