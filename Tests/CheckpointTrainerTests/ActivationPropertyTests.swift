import Checkpoint
import CheckpointTrainer
import Foundation
import Testing

@Suite("Every activation")
struct ActivationPropertyTests {
  /// An activation with its definition in double precision, over a row.
  struct Definition: Sendable, CustomTestStringConvertible {
    let activation: Activation
    let value: @Sendable ([Double]) -> [Double]
    var testDescription: String { activation.name }
  }

  static let definitions: [Definition] = [
    Definition(activation: .linear) { $0 },
    Definition(activation: .relu) { $0.map { max($0, 0) } },
    Definition(activation: .relu6) { $0.map { min(max($0, 0), 6) } },
    Definition(activation: .leakyReLU) { $0.map { $0 > 0 ? $0 : 0.2 * $0 } },
    Definition(activation: .leakyReLU(negativeSlope: 0.01)) { $0.map { $0 > 0 ? $0 : 0.01 * $0 } },
    Definition(activation: .sigmoid) { $0.map { 1 / (1 + exp(-$0)) } },
    Definition(activation: .hardSigmoid) { $0.map { min(max($0 + 3, 0), 6) / 6 } },
    Definition(activation: .tanh) { $0.map { tanh($0) } },
    Definition(activation: .softmax) { row in
      let sum = row.reduce(0) { $0 + exp($1) }
      return row.map { exp($0) / sum }
    },
    Definition(activation: .elu) { $0.map { $0 > 0 ? $0 : exp($0) - 1 } },
    Definition(activation: .selu) {
      $0.map { 1.0507009873554805 * ($0 > 0 ? $0 : 1.6732632423543772 * (exp($0) - 1)) }
    },
    Definition(activation: .softplus) { $0.map { log(1 + exp($0)) } },
    Definition(activation: .softsign) { $0.map { $0 / (1 + abs($0)) } },
    Definition(activation: .gelu) { $0.map { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) } },
    Definition(activation: .silu) { $0.map { $0 / (1 + exp(-$0)) } },
    Definition(activation: .exponential) { $0.map { exp($0) } },
  ]

  @Test("has the values and the slopes of its definition", arguments: definitions)
  func slopes(definition: Definition) {
    var generator = RandomGenerator(seed: 31)
    for _ in 0..<20 {
      let inputs = (0..<5).map { _ in generator.normal() * 3 }
      let direction = (0..<5).map { _ in generator.normal() }
      var outputs = FloatTensor(inputs, shape: [1, 5])
      var gradient = FloatTensor(direction, shape: [1, 5])
      let kept = definition.activation.applyKeeping(&outputs)
      definition.activation.applyGradient(kept: kept, to: &gradient)
      let point = inputs.map { Double($0) }
      for (own, exact) in zip(outputs.elements, definition.value(point)) {
        #expect(abs(Double(own) - exact) < 1e-6 * max(1, abs(exact)))
      }
      for index in 0..<5 {
        var (above, below) = (point, point)
        above[index] += 1e-6
        below[index] -= 1e-6
        let slope = zip(definition.value(above), definition.value(below)).enumerated().reduce(0.0) {
          $0 + Double(direction[$1.offset]) * ($1.element.0 - $1.element.1) / 2e-6
        }
        #expect(abs(Double(gradient.elements[index]) - slope) < 4e-6 * max(1, abs(slope)))
      }
    }
  }

  @Test("stays finite far out, and lets NaN through", arguments: definitions)
  func extremes(definition: Definition) {
    // exp itself doesn't stay finite.
    let far: Float = definition.activation == .exponential ? 80 : 10_000
    var outputs = FloatTensor([-far, far, 0, -far, .nan, 1], shape: [2, 3])
    var gradient = FloatTensor(repeating: 1, shape: [2, 3])
    let kept = definition.activation.applyKeeping(&outputs)
    definition.activation.applyGradient(kept: kept, to: &gradient)
    #expect(outputs.elements[..<3].allSatisfy { $0.isFinite })
    #expect(gradient.elements[..<3].allSatisfy { $0.isFinite })
    #expect(outputs.elements[4].isNaN)
  }

  @Test("is rebuilt from its configuration", arguments: definitions)
  func configurations(definition: Definition) throws {
    let serialized = try JSONValue.parse(definition.activation.serialized.text())
    #expect(try Activation(config: serialized) == definition.activation)
  }

  @Test("trains a layer behind every loss, and with NaN ends in NaN, not in a trap")
  func everyPair() throws {
    let inputs = FloatTensor(rows: [[1, -1], [0.5, 2], [-1, 0]])
    for definition in ActivationPropertyTests.definitions {
      for name in ["mse", "mae", "bce", "categorical_crossentropy"] {
        let loss = try ClassRegistry.standard.loss(.string(name))
        let model = try Sequential(
          [Dense(2, activation: definition.activation)], inputShape: [2], seed: 4)
        model.compile(optimizer: Adam(), loss: loss, metrics: [Accuracy()])
        let targets = FloatTensor(rows: [[1, 0], [0, 1], [0, 1]])
        try model.fit(inputs, targets, verbose: 0)
        try model.fit(
          FloatTensor([.nan, 1, 2, 3, 4, 5], shape: [3, 2]), targets, verbose: 0)
        #expect(try #require(model.history["loss"].last).isNaN, "\(definition), \(name)")
      }
    }
  }
}
