import Checkpoint
import CheckpointTrainer
import Testing

@Suite("Losses and activations")
struct LossTests {
  static let losses: [(String, any Loss, Bool)] = [
    ("cce", CategoricalCrossentropy(), false),
    ("cce_unnormalised", CategoricalCrossentropy(), false),
    ("cce_logits", CategoricalCrossentropy(), true),
    ("cce_logits", CategoricalCrossentropy(fromLogits: true), false),
    ("cce_smoothing", CategoricalCrossentropy(labelSmoothing: 0.1), false),
    ("sparse", SparseCategoricalCrossentropy(), false),
    ("sparse_unnormalised", SparseCategoricalCrossentropy(), false),
    ("sparse_logits", SparseCategoricalCrossentropy(), true),
    ("sparse_logits", SparseCategoricalCrossentropy(fromLogits: true), false),
    ("bce", BinaryCrossentropy(), false),
    ("bce_logits", BinaryCrossentropy(), true),
    ("bce_logits", BinaryCrossentropy(fromLogits: true), false),
    ("bce_smoothing", BinaryCrossentropy(labelSmoothing: 0.2), false),
    ("mse", MeanSquaredError(), false),
    ("mae", MeanAbsoluteError(), false),
  ]

  @Test("are tried in every case that the reference has")
  func allCases() throws {
    let entries = try #require(jsonFixture("keras-golden/losses.json")["entries"]?.arrayValue)
    #expect(Set(entries.compactMap { $0["name"]?.stringValue }) == Set(LossTests.losses.map(\.0)))
    let names = try #require(jsonFixture("keras-golden/activations.json")["names"]?.arrayValue)
    #expect(Set(names.compactMap(\.stringValue)) == Set(LossTests.activationNames))
  }

  @Test("have Keras' values and gradients, from probabilities and from logits", arguments: losses)
  func golden(name: String, loss: any Loss, areLogits: Bool) throws {
    let tensors = try SafetensorsFixture("keras-golden/losses.safetensors")
    let value = loss.evaluate(
      outputs: try tensors.tensor(name + "/y_pred"), areLogits: areLogits,
      targets: try tensors.tensor(name + "/y_true"), wantsGradient: true)
    let perSample = try tensors.tensor(name + "/per_sample").elements
    expectClose(value.perSample, perSample)
    expectClose(
      try #require(value.gradient).elements, try tensors.tensor(name + "/grad_y_pred").elements)
    let entries = try #require(jsonFixture("keras-golden/losses.json")["entries"]?.arrayValue)
    let entry = try #require(entries.first { $0["name"]?.stringValue == name })
    let mean = value.sum / Double(perSample.count)
    #expect(abs(mean - (entry["value"]?.doubleValue ?? .nan)) < 1e-5)
  }

  static let activationNames = [
    "linear", "relu", "sigmoid", "softmax", "tanh", "elu", "selu", "softplus", "softsign", "gelu",
    "silu", "hard_sigmoid", "leaky_relu", "relu6", "exponential",
  ]

  @Test("activations have Keras' values and gradients", arguments: activationNames)
  func activations(name: String) throws {
    let tensors = try SafetensorsFixture("keras-golden/activations.safetensors")
    let activation = try Activation(name: name)
    var outputs = try tensors.tensor("x")
    let kept = activation.applyKeeping(&outputs)
    expectClose(outputs.elements, try tensors.tensor(name + "/y").elements)
    var gradient = try tensors.tensor("cotangent")
    activation.applyGradient(kept: kept, to: &gradient)
    expectClose(gradient.elements, try tensors.tensor(name + "/dx").elements)
  }

  @Test("with a class that isn't one are NaN, not a crash", arguments: [-1, 3, 0.5, Float.nan])
  func impossibleClass(target: Float) {
    let value = SparseCategoricalCrossentropy().evaluate(
      outputs: FloatTensor([1, 2, 3], shape: [1, 3]), areLogits: true,
      targets: FloatTensor([target], shape: [1]), wantsGradient: true)
    #expect(value.sum.isNaN)
  }

  @Test("stay finite from logits where probabilities underflow")
  func extremeLogits() throws {
    let value = CategoricalCrossentropy().evaluate(
      outputs: FloatTensor([1000, -1000], shape: [1, 2]), areLogits: true,
      targets: FloatTensor([0, 1], shape: [1, 2]), wantsGradient: true)
    #expect(value.perSample == [2000])
    #expect(try #require(value.gradient).elements == [1, -1])
  }

  @Test("refuse targets of another shape, saying which loss takes them")
  func shapes() {
    #expect {
      try SparseCategoricalCrossentropy().check(targetShape: [10], outputShape: [10])
    } throws: { "\($0)".contains("for one-hot targets use categorical_crossentropy") }
    #expect {
      try CategoricalCrossentropy().check(targetShape: [], outputShape: [10])
    } throws: { "\($0)".contains("use sparse_categorical_crossentropy") }
    #expect {
      try BinaryCrossentropy().check(targetShape: [], outputShape: [3])
    } throws: { "\($0)".contains("each target has the shape [], each output [3]") }
  }

  @Test("take targets with and without an axis of length 1 where there is one output")
  func labelShapes() throws {
    for loss in [BinaryCrossentropy(), MeanSquaredError(), MeanAbsoluteError()] as [any Loss] {
      for shape in [[], [1]] { try loss.check(targetShape: shape, outputShape: [1]) }
    }
    for shape in [[], [1]] {
      try SparseCategoricalCrossentropy().check(targetShape: shape, outputShape: [4])
    }
  }

  private func expectClose(_ a: [Float], _ b: [Float]) {
    #expect(a.count == b.count)
    for (a, b) in zip(a, b) { #expect(abs(a - b) <= 1e-6 * max(1, abs(b))) }
  }
}
