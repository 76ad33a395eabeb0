import Checkpoint
import CheckpointTrainer
import Foundation
import Testing

@Suite("Every loss")
struct LossPropertyTests {
  /// A loss with its definition in double precision, for one sample.
  struct Definition: Sendable, CustomTestStringConvertible {
    let name: String
    let loss: any Loss
    var areLogits = false
    /// Of outputs and targets of one sample; one-hot where the loss takes numbers of classes.
    let value: @Sendable ([Double], [Double]) -> Double
    var testDescription: String { name }
    var isSparse: Bool { loss is SparseCategoricalCrossentropy }
  }

  static let definitions: [Definition] = [
    Definition(name: "cce", loss: CategoricalCrossentropy()) { p, t in
      let sum = p.reduce(0, +)
      return -zip(p, t).reduce(0) { $0 + $1.1 * log(clipped($1.0 / sum)) }
    },
    Definition(name: "smoothed cce", loss: CategoricalCrossentropy(labelSmoothing: 0.3)) { p, t in
      let sum = p.reduce(0, +)
      return -zip(p, t).reduce(0) { $0 + ($1.1 * 0.7 + 0.1) * log(clipped($1.0 / sum)) }
    },
    Definition(name: "cce of logits", loss: CategoricalCrossentropy(), areLogits: true) {
      softmaxLoss($0, $1)
    },
    Definition(name: "sparse", loss: SparseCategoricalCrossentropy()) { p, t in
      softmaxLoss(p.map { log(clipped($0)) }, t)
    },
    Definition(name: "sparse of logits", loss: SparseCategoricalCrossentropy(), areLogits: true) {
      softmaxLoss($0, $1)
    },
    Definition(name: "bce", loss: BinaryCrossentropy()) { p, t in
      mean(p, t) { -($1 * log(clipped($0)) + (1 - $1) * log(1 - clipped($0))) }
    },
    Definition(
      name: "smoothed bce of logits", loss: BinaryCrossentropy(labelSmoothing: 0.2),
      areLogits: true
    ) { z, t in
      mean(z, t) { z, t in
        let p = 1 / (1 + exp(-z))
        let t = t * 0.8 + 0.1
        return -(t * log(p) + (1 - t) * log(1 - p))
      }
    },
    Definition(name: "mse", loss: MeanSquaredError()) { mean($0, $1) { ($0 - $1) * ($0 - $1) } },
    Definition(name: "mae", loss: MeanAbsoluteError()) { mean($0, $1) { abs($0 - $1) } },
  ]

  private static func clipped(_ p: Double) -> Double { min(max(p, 1e-7), 1 - 1e-7) }

  private static func mean(
    _ a: [Double], _ b: [Double], _ value: (Double, Double) -> Double
  ) -> Double { zip(a, b).reduce(0) { $0 + value($1.0, $1.1) } / Double(a.count) }

  private static func softmaxLoss(_ z: [Double], _ t: [Double]) -> Double {
    let logSum = log(z.reduce(0) { $0 + exp($1) })
    return zip(z, t).reduce(0) { $0 + $1.1 * (logSum - $1.0) }
  }

  /// A batch of five samples with three outputs each.
  private struct Batch {
    var outputs: [[Float]]
    var oneHot: [[Float]]
    let definition: Definition

    init(_ definition: Definition, seed: UInt64) {
      var generator = RandomGenerator(seed: seed)
      self.definition = definition
      outputs = (0..<5).map { _ in
        (0..<3).map { _ in
          definition.areLogits
            ? generator.normal() * 2 : 0.05 + Float(generator.integer(below: 900)) / 1000
        }
      }
      oneHot = (0..<5).map { _ in
        let label = generator.integer(below: 3)
        return (0..<3).map { $0 == label ? 1 : 0 }
      }
    }

    func value(wantsGradient: Bool = true) -> LossValue {
      let labels = oneHot.map { [Float($0.firstIndex(of: 1) ?? 0)] }
      return definition.loss.evaluate(
        outputs: FloatTensor(rows: outputs), areLogits: definition.areLogits,
        targets: FloatTensor(rows: definition.isSparse ? labels : oneHot),
        wantsGradient: wantsGradient)
    }
  }

  @Test("has the value and the slopes of its definition", arguments: definitions)
  func slopes(definition: Definition) throws {
    for seed in UInt64(1)...10 {
      let batch = Batch(definition, seed: seed)
      let ours = batch.value()
      let gradient = try #require(ours.gradient).elements
      #expect(batch.value(wantsGradient: false).perSample == ours.perSample)
      for row in 0..<5 {
        let point = batch.outputs[row].map { Double($0) }
        let target = batch.oneHot[row].map { Double($0) }
        let exact = definition.value(point, target)
        #expect(abs(Double(ours.perSample[row]) - exact) < 2e-6 * max(1, abs(exact)))
        for column in 0..<3 {
          var (above, below) = (point, point)
          above[column] += 1e-5
          below[column] -= 1e-5
          let difference = definition.value(above, target) - definition.value(below, target)
          // Of the mean over five samples.
          let slope = difference / 2e-5 / 5
          let own = Double(gradient[row * 3 + column])
          #expect(abs(own - slope) < 2e-6 * max(1, abs(slope)), "row \(row), column \(column)")
        }
      }
    }
  }

  @Test("depends on each sample alone, wherever it stands", arguments: definitions)
  func order(definition: Definition) throws {
    let batch = Batch(definition, seed: 11)
    let whole = batch.value()
    let gradient = try #require(whole.gradient).elements
    var reversed = batch
    reversed.outputs.reverse()
    reversed.oneHot.reverse()
    #expect(reversed.value().perSample == whole.perSample.reversed())
    for row in 0..<5 {
      var one = batch
      one.outputs = [batch.outputs[row]]
      one.oneHot = [batch.oneHot[row]]
      let alone = one.value()
      #expect(alone.perSample == [whole.perSample[row]])
      for (alone, part) in zip(try #require(alone.gradient).elements, gradient[(row * 3)...]) {
        #expect(abs(alone / 5 - part) < 1e-6 * max(1, abs(part)))
      }
    }
  }

  @Test(
    "stays finite from logits of ±10000, and from probabilities 0 and 1", arguments: definitions)
  func extremes(definition: Definition) throws {
    var batch = Batch(definition, seed: 12)
    let (low, high): (Float, Float) = definition.areLogits ? (-10_000, 10_000) : (0, 1)
    batch.outputs = [
      [low, high, low], [high, low, low], [low, low, high], [high, high, low], [low, high, high],
    ]
    let value = batch.value()
    #expect(value.perSample.allSatisfy { $0.isFinite })
    #expect(try #require(value.gradient).elements.allSatisfy { $0.isFinite })
  }

  @Test("lets NaN through, into that sample alone", arguments: definitions)
  func notANumber(definition: Definition) throws {
    var batch = Batch(definition, seed: 13)
    batch.outputs[2][1] = .nan
    let value = batch.value()
    #expect(value.perSample.map(\.isNaN) == [false, false, true, false, false])
    let gradient = try #require(value.gradient).elements
    #expect(gradient[6..<9].contains { $0.isNaN })
    #expect(!gradient[..<6].contains { $0.isNaN } && !gradient[9...].contains { $0.isNaN })
  }

  @Test("is nothing for no samples, and something for one class", arguments: definitions)
  func small(definition: Definition) throws {
    let none = definition.loss.evaluate(
      outputs: FloatTensor([], shape: [0, 3]), areLogits: definition.areLogits,
      targets: FloatTensor([], shape: [0, definition.isSparse ? 1 : 3]), wantsGradient: true)
    #expect(none.perSample.isEmpty && none.gradient?.elements == [])
    let single = definition.loss.evaluate(
      outputs: FloatTensor([0.7], shape: [1, 1]), areLogits: definition.areLogits,
      targets: FloatTensor([definition.isSparse ? 0 : 1], shape: [1, 1]), wantsGradient: true)
    let exact = definition.value([Double(Float(0.7))], [1])
    #expect(abs(Double(single.perSample[0]) - exact) < 1e-6 || definition.name == "smoothed cce")
  }

  @Test(
    "takes an output for each step of a sequence, and then its own mean", arguments: definitions)
  func sequences(definition: Definition) throws {
    let batch = Batch(definition, seed: 14)
    let flat = batch.value()
    let labels = batch.oneHot.map { Float($0.firstIndex(of: 1) ?? 0) }
    let shape = definition.isSparse ? [1, 5] : [1, 5, 3]
    try definition.loss.check(targetShape: Array(shape.dropFirst()), outputShape: [5, 3])
    let value = definition.loss.evaluate(
      outputs: FloatTensor(rows: batch.outputs).reshaped(to: [1, 5, 3]),
      areLogits: definition.areLogits,
      targets: FloatTensor(
        definition.isSparse ? labels : batch.oneHot.flatMap { $0 }, shape: shape),
      wantsGradient: true)
    #expect(value.perSample == flat.perSample)
    #expect(value.gradient?.elements == flat.gradient?.elements)
    #expect(value.gradient?.shape == [1, 5, 3])
  }

  @Test("is known by Keras' names, and rebuilt from its configuration", arguments: definitions)
  func configurations(definition: Definition) throws {
    let classes = ClassRegistry.standard
    let type = type(of: definition.loss)
    for name in [type.identifier, type.className] + type.aliases {
      #expect(Swift.type(of: try classes.loss(.string(name))) == type)
    }
    let serialized = try JSONValue.parse(definition.loss.serialized.text())
    #expect(try classes.loss(serialized).serialized == definition.loss.serialized)
  }

  @Test(
    "refuses options of Keras that are not there",
    arguments: [
      ("reduction", "sum"), ("axis", 1), ("from_logits", "yes"),
      ("label_smoothing", 2), ("label_smoothing", "NaN"), ("ignore_class", 1),
    ] as [(String, JSONValue)])
  func impossible(key: String, value: JSONValue) {
    #expect {
      try CategoricalCrossentropy(config: [key: value])
    } throws: { error in
      (error as? TrainerError)?.code == .invalidConfiguration
        && "\(error)".contains("CategoricalCrossentropy: '\(key)' is")
    }
  }
}
