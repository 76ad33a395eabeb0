import CheckpointTrainer
import Testing

/// Three samples, the first of which has a NaN, in batches of two: from Keras 3.15.
@Suite("Trainings that meet NaN")
struct NaNTrainingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let activation: Activation
    let loss: String
    let metrics: [String]
    let expected: [String: [Double]]

    var testDescription: String { "\(activation.name), \(loss)" }
  }

  static let cases = [
    Case(
      activation: .softmax, loss: "categorical_crossentropy", metrics: ["accuracy", "mse"],
      expected: ["accuracy": [1.0 / 3, 2.0 / 3], "mse": [.nan, .nan], "loss": [.nan, .nan]]),
    Case(
      activation: .linear, loss: "mse", metrics: ["mae"],
      expected: ["loss": [.nan, .nan], "mae": [.nan, .nan]]),
    Case(
      activation: .sigmoid, loss: "binary_crossentropy", metrics: ["accuracy", "binary_accuracy"],
      expected: [
        "accuracy": [1.0 / 3, 2.0 / 3], "binary_accuracy": [0.5, 0.5], "loss": [.nan, .nan],
      ]),
    Case(
      activation: .softmax, loss: "sparse_categorical_crossentropy", metrics: ["accuracy"],
      expected: ["accuracy": [1, 2.0 / 3], "loss": [.nan, .nan]]),
    Case(
      activation: .hardSigmoid, loss: "mae", metrics: ["mse"],
      expected: ["loss": [.nan, .nan], "mse": [.nan, .nan]]),
  ]

  @Test("report what Keras reports", arguments: cases)
  func history(of example: Case) throws {
    let model = try Sequential([Dense(2, activation: example.activation)], inputShape: [2])
    try model.compile(optimizer: "sgd", loss: example.loss, metrics: example.metrics)
    try model.setWeights([
      "dense/kernel": FloatTensor([1, 0, 0, 1], shape: [2, 2]),
      "dense/bias": FloatTensor([0, 0], shape: [2]),
    ])
    let targets =
      example.loss.hasPrefix("sparse")
      ? FloatTensor([0, 1, 0], shape: [3]) : FloatTensor([0, 1, 1, 0, 1, 0], shape: [3, 2])
    let history = try model.fit(
      FloatTensor([.nan, 1, 1, 2, 2, 1], shape: [3, 2]), targets, batchSize: 2, epochs: 2,
      verbose: .silent, shuffle: false)
    for (name, expected) in example.expected {
      let ours = history[name]
      #expect(ours.count == expected.count)
      #expect(
        zip(ours, expected).allSatisfy { $0.isNaN && $1.isNaN || abs($0 - $1) < 1e-6 },
        "\(name): \(ours)")
    }
  }
}
