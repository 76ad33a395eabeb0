import Benchmark
import BenchmarkStates
import Checkpoint
import SystemPackage

/// Encoding and decoding, with all that a save and a verified load do besides, but without a disk.
func codingBenchmarks(in folder: FilePath) {
  for (name, checkpoint) in WeightStates.large {
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
