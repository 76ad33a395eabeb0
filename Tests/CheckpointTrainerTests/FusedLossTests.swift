import CheckpointTrainer
import Testing

/// Logits of 40 and 0, and the second class: from probabilities the loss is cut off at -log(1e-7).
@Suite("A loss behind softmax or sigmoid, from logits or from probabilities")
struct FusedLossTests {
  struct Tail: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let layers: [any Layer]
    /// As Keras 3.15 has them for softmax and categorical cross-entropy.
    let evaluated: Double
    let trained: Double
  }

  static let tails = [
    Tail(testDescription: "nothing", layers: [], evaluated: 40, trained: 40),
    Tail(
      testDescription: "linear", layers: [ActivationLayer(.linear)], evaluated: 40, trained: 40),
    Tail(
      testDescription: "dropout of nothing", layers: [Dropout(0)], evaluated: 40, trained: 40),
    Tail(
      testDescription: "both", layers: [ActivationLayer(.linear), Dropout(0)], evaluated: 40,
      trained: 40),
    Tail(
      testDescription: "flatten", layers: [Flatten()], evaluated: 16.118096, trained: 16.118096),
    Tail(
      testDescription: "dropout", layers: [Dropout(0.5)], evaluated: 40, trained: 16.118096),
  ]

  @Test("is that of Keras, whatever layer without weights comes behind", arguments: tails)
  func tail(_ tail: Tail) throws {
    for loss in ["categorical_crossentropy", "sparse_categorical_crossentropy"] {
      let model = try Sequential(
        [Dense(2, usesBias: false), ActivationLayer(.softmax)] + tail.layers, inputShape: [2],
        seed: 2)
      try model.compile(optimizer: "sgd", loss: loss, metrics: ["accuracy"])
      try model.setWeights(["dense/kernel": FloatTensor([40, 0, 0, 0], shape: [2, 2])])
      let x = FloatTensor([1, 0], shape: [1, 2])
      let y =
        loss.hasPrefix("sparse")
        ? FloatTensor([1], shape: [1]) : FloatTensor([0, 1], shape: [1, 2])
      let evaluation = try model.evaluate(x, y)
      #expect(abs(try #require(evaluation["loss"]) - tail.evaluated) < 1e-5)
      #expect(evaluation["accuracy"] == 0)
      let history = try model.fit(x, y, verbose: .silent)
      // What dropout leaves of the only sample isn't Keras' choice.
      if tail.testDescription != "dropout" {
        #expect(abs(history["loss"][0] - tail.trained) < 1e-5)
        // The gradient goes through as the loss does.
        let moved = model.weights[0].value.elements[0] != 40
        #expect(moved == (tail.trained == 40))
      }
    }
  }
}
