import Benchmark
import Checkpoint
import SystemPackage

/// Encoding and decoding, with all that a save and a verified load do besides, but without a disk.
func codingBenchmarks(in folder: FilePath) {
  let float32 = normalNumbers(16 << 20)
  let states: [(String, Tensor)] = [
    ("64 MiB f32", Tensor(float32)), ("32 MiB bf16", Tensor(float32.map { BFloat16($0) })),
  ]
  for (name, tensor) in states {
    var state = Checkpoint(step: 1)
    state.tensors["w"] = tensor
    let checkpoint = state
    for compression in Compression.allCases {
      let path = folder.appending("\(name)-\(compression).ckpt")
      let writer = CheckpointWriter(path, options: SaveOptions(compression: compression))
      Benchmark(named("encode, \(name), \(compression)")) { benchmark in
        for _ in benchmark.scaledIterations { try writer.write(checkpoint) }
      }
      Benchmark(named("decode, \(name), \(compression)")) { benchmark in
        try writer.write(checkpoint)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
          blackHole(try CheckpointReader(path).load() as Checkpoint)
        }
      }
    }
  }
}

/// Weights as training leaves them: normal, small; always the same.
private func normalNumbers(_ count: Int) -> [Float] {
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
