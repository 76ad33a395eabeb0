import CheckpointTrainer
import Foundation
import Testing

/// A loss with its definition in double precision, for one sample.
struct LossDefinition: Sendable, CustomTestStringConvertible {
  let name: String
  let loss: any Loss
  var areLogits = false
  /// Of outputs and targets of one sample; one-hot where the loss takes numbers of classes.
  let value: @Sendable ([Double], [Double]) -> Double
  var testDescription: String { name }
  var isSparse: Bool { loss is SparseCategoricalCrossentropy }

  static let all: [LossDefinition] = [
    LossDefinition(name: "cce", loss: CategoricalCrossentropy()) { p, t in
      let sum = p.reduce(0, +)
      return -zip(p, t).reduce(0) { $0 + $1.1 * log(clipped($1.0 / sum)) }
    },
    LossDefinition(name: "smoothed cce", loss: CategoricalCrossentropy(labelSmoothing: 0.3)) {
      p, t in
      let sum = p.reduce(0, +)
      return -zip(p, t).reduce(0) { $0 + ($1.1 * 0.7 + 0.1) * log(clipped($1.0 / sum)) }
    },
    LossDefinition(name: "cce of logits", loss: CategoricalCrossentropy(), areLogits: true) {
      softmaxLoss($0, $1)
    },
    LossDefinition(name: "sparse", loss: SparseCategoricalCrossentropy()) { p, t in
      softmaxLoss(p.map { log(clipped($0)) }, t)
    },
    LossDefinition(name: "sparse of logits", loss: SparseCategoricalCrossentropy(), areLogits: true)
    {
      softmaxLoss($0, $1)
    },
    LossDefinition(name: "bce", loss: BinaryCrossentropy()) { p, t in
      mean(p, t) { -($1 * log(clipped($0)) + (1 - $1) * log(1 - clipped($0))) }
    },
    LossDefinition(
      name: "smoothed bce of logits", loss: BinaryCrossentropy(labelSmoothing: 0.2),
      areLogits: true
    ) { z, t in
      mean(z, t) { z, t in
        let p = 1 / (1 + exp(-z))
        let t = t * 0.8 + 0.1
        return -(t * log(p) + (1 - t) * log(1 - p))
      }
    },
    LossDefinition(name: "mse", loss: MeanSquaredError()) {
      mean($0, $1) { ($0 - $1) * ($0 - $1) }
    },
    LossDefinition(name: "mae", loss: MeanAbsoluteError()) { mean($0, $1) { abs($0 - $1) } },
  ]

  private static func clipped(_ p: Double) -> Double { min(max(p, 1e-7), 1 - 1e-7) }

  private static func mean(
    _ a: [Double], _ b: [Double], _ value: (Double, Double) -> Double
  ) -> Double { zip(a, b).reduce(0) { $0 + value($1.0, $1.1) } / Double(a.count) }

  private static func softmaxLoss(_ z: [Double], _ t: [Double]) -> Double {
    let logSum = log(z.reduce(0) { $0 + exp($1) })
    return zip(z, t).reduce(0) { $0 + $1.1 * (logSum - $1.0) }
  }
}

/// A batch of five samples with three outputs each.
struct LossBatch {
  var outputs: [[Float]]
  var oneHot: [[Float]]
  let definition: LossDefinition

  init(_ definition: LossDefinition, seed: UInt64) {
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
