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
      Benchmark(named("decode, \(name), \(compression)")) { benchmark, memory in
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
          try CheckpointReader(path).read("w", into: memory)
        }
      } setup: {
        try writer.write(checkpoint)
        // Got and touched once: how soon the system gives memory isn't the library's to say.
        let memory = UnsafeMutableRawBufferPointer.allocate(
          byteCount: checkpoint.tensors.values.reduce(0) { $0 + $1.sizeBytes }, alignment: 4096)
        memory.initializeMemory(as: UInt8.self, repeating: 1)
        return memory
      }
    }
  }
}
