import Checkpoint
import CheckpointTrainer
import Testing

@Suite("Metrics")
struct MetricTests {
  @Test("are logged under the name they were asked for by")
  func names() throws {
    for name in ClassRegistry.standard.metrics.flatMap({ $0.identifiers }) {
      let metric = try ClassRegistry.standard.metric(.string(name))
      #expect(metric.name == name)
      #expect(metric.serialized == .string(name))
    }
  }

  @Test("are rebuilt from objects, with their names and thresholds")
  func objects() throws {
    let metrics: [any Metric] = [
      BinaryAccuracy(name: "hits", threshold: 0.25), BinaryAccuracy(threshold: 0.75),
      CategoricalAccuracy(name: "top"), SparseCategoricalAccuracy(name: "a"),
      MeanSquaredErrorMetric(name: "b"), MeanAbsoluteErrorMetric(name: "c"), Accuracy(name: "d"),
    ]
    for metric in metrics {
      let serialized = try JSONValue.parse(metric.serialized.text())
      #expect(try ClassRegistry.standard.metric(serialized).config == metric.config)
    }
    #expect {
      try ClassRegistry.standard.metric(
        ["class_name": "BinaryAccuracy", "config": ["threshold": 2]])
    } throws: { "\($0)".hasPrefix("BinaryAccuracy: 'threshold' is 2.0") }
  }

  @Test(
    "refuse targets that can't be compared with the outputs, before training",
    arguments: [
      ("accuracy", [3], "mse"), ("mae", [], "sparse_categorical_crossentropy"),
      ("categorical_accuracy", [], "sparse_categorical_crossentropy"),
      ("sparse_categorical_accuracy", [4], "categorical_crossentropy"),
    ])
  func shapes(name: String, targetShape: [Int], loss: String) throws {
    let metric = try ClassRegistry.standard.metric(.string(name))
    #expect {
      try metric.check(targetShape: targetShape, outputShape: [4])
    } throws: { error in
      (error as? TrainerError)?.code == .shapeMismatch && "\(error)".contains("'\(name)'")
    }
    guard name != "accuracy" else { return }
    let model = try Sequential([Dense(4, activation: .softmax)], inputShape: [2], seed: 1)
    try model.compile(optimizer: "adam", loss: loss, metrics: [name])
    #expect(throws: TrainerError.self) {
      try model.fit(
        FloatTensor(repeating: 0, shape: [6, 2]),
        FloatTensor(repeating: 0, shape: [6] + targetShape), verbose: 0)
    }
    #expect(model.stepCount == 0)
  }

  @Test("are of the probabilities also where the loss takes over the activation")
  func fused() throws {
    let model = try Sequential([Dense(1, activation: .sigmoid)], inputShape: [1], seed: 1)
    try model.setWeights([
      "dense/kernel": FloatTensor([1], shape: [1, 1]), "dense/bias": FloatTensor([0], shape: [1]),
    ])
    try model.compile(optimizer: "sgd", loss: "binary_crossentropy", metrics: ["acc", "mae"])
    // The logit 0.3 is no more than 0.5, its probability is.
    let logs = try model.evaluate(
      FloatTensor([0.3, -0.3], shape: [2, 1]), FloatTensor([1, 0], shape: [2]))
    #expect(logs["acc"] == 1)
    #expect(abs(try #require(logs["mae"]) - 0.425557) < 1e-5)
  }
}
