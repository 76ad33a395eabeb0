import Benchmark
import Checkpoint
import SystemPackage

/// Opening a file of 10,000 tensors, finding one, listing all.
func indexBenchmarks(in folder: FilePath) {
  let path = folder.appending("many.ckpt")
  let tensors = (0..<10_000).map {
    TensorDeclaration(name: "model/layer_\($0)/kernel", dtype: .f32, shape: [1])
  }
  let write: @Sendable () throws -> Void = {
    try CheckpointWriter(path).write(Checkpoint(step: 1), tensors: tensors) { _, _, _ in }
  }
  Benchmark(named("open 10,000 tensors")) { benchmark in
    try write()
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { blackHole(try CheckpointReader(path)) }
  }
  Benchmark(named("open and list 10,000 tensors")) { benchmark in
    try write()
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      let reader = try CheckpointReader(path)
      for position in 0..<reader.tensorCount { blackHole(reader.info(at: position)) }
    }
  }
  Benchmark(named("read one of 10,000 tensors, 100 times")) { benchmark in
    try write()
    let reader = try CheckpointReader(path)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      for number in 0..<100 { blackHole(try reader.tensor("model/layer_\(number * 97)/kernel")) }
    }
  }
}
