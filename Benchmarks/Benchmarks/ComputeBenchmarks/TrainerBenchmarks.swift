import Benchmark
import CheckpointTrainer

/// Training without saving: an epoch of two small models, and the products that steps are made of.
func trainerBenchmarks() {
  epochBenchmark(
    "epoch, MLP 784-64-64-10, 1,000 samples, batch 32", features: 784, classes: 10, samples: 1000,
    batchSize: 32,
    [Dense(64, activation: .relu), Dense(64, activation: .relu), Dense(10, activation: .softmax)],
    loss: "categorical_crossentropy")
  epochBenchmark(
    "epoch, MLP 8-12-8-1, 768 samples, batch 10", features: 8, classes: 1, samples: 768,
    batchSize: 10,
    [Dense(12, activation: .relu), Dense(8, activation: .relu), Dense(1, activation: .sigmoid)],
    loss: "mean_squared_error")

  // Rows, inner and columns of a forward step; the transposed products are its gradients.
  for (rows, inner, columns) in [
    (10, 8, 12), (32, 784, 64), (128 * 26 * 26, 9, 32), (128 * 24 * 24, 288, 64),
    (1024, 1024, 1024),
  ] {
    let a = numbers([rows, inner])
    let b = numbers([inner, columns])
    let c = numbers([rows, columns])
    let name = "\(rows) × \(inner) × \(columns)"
    // The smallest take less than a clock's tick.
    let repeats = max(1, 1_000_000 / (rows * inner * columns))
    let suffix = repeats > 1 ? ", \(repeats) times" : ""
    Benchmark(named("product, \(name)\(suffix)")) { benchmark in
      for _ in benchmark.scaledIterations {
        for _ in 0..<repeats { blackHole(a.matrixProduct(b)) }
      }
    }
    Benchmark(named("gradient of the kernel, \(name)\(suffix)")) { benchmark in
      for _ in benchmark.scaledIterations {
        for _ in 0..<repeats { blackHole(a.transposedMatrixProduct(c)) }
      }
    }
    Benchmark(named("gradient of the inputs, \(name)\(suffix)")) { benchmark in
      for _ in benchmark.scaledIterations {
        for _ in 0..<repeats { blackHole(c.matrixProduct(transposing: b)) }
      }
    }
  }
}

private func epochBenchmark(
  _ name: String, features: Int, classes: Int, samples: Int, batchSize: Int, _ layers: [any Layer],
  loss: String
) {
  Benchmark(named(name)) { benchmark in
    let model = try Sequential(layers, inputShape: [features], seed: 1)
    try model.compile(optimizer: "rmsprop", loss: loss, metrics: ["accuracy"])
    let inputs = numbers([samples, features])
    let targets = numbers([samples, classes])
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      try model.fit(inputs, targets, batchSize: batchSize, verbose: .silent)
    }
  }
}

/// Numbers from [0, 1), always the same.
private func numbers(_ shape: [Int]) -> FloatTensor {
  var generator = RandomGenerator(seed: 1)
  return FloatTensor((0..<shape.reduce(1, *)).map { _ in generator.uniform() }, shape: shape)
}
