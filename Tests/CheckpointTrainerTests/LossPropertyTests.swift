import Checkpoint
import CheckpointTrainer
import Testing

@Suite("Every loss")
struct LossPropertyTests {
  static let definitions = LossDefinition.all

  @Test("has the value and the slopes of its definition", arguments: definitions)
  func slopes(definition: LossDefinition) throws {
    for seed in UInt64(1)...10 {
      let batch = LossBatch(definition, seed: seed)
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
  func order(definition: LossDefinition) throws {
    let batch = LossBatch(definition, seed: 11)
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
  func extremes(definition: LossDefinition) throws {
    var batch = LossBatch(definition, seed: 12)
    let (low, high): (Float, Float) = definition.areLogits ? (-10_000, 10_000) : (0, 1)
    batch.outputs = [
      [low, high, low], [high, low, low], [low, low, high], [high, high, low], [low, high, high],
    ]
    let value = batch.value()
    #expect(value.perSample.allSatisfy { $0.isFinite })
    #expect(try #require(value.gradient).elements.allSatisfy { $0.isFinite })
  }

  @Test("lets NaN through, into that sample alone", arguments: definitions)
  func notANumber(definition: LossDefinition) throws {
    var batch = LossBatch(definition, seed: 13)
    batch.outputs[2][1] = .nan
    let value = batch.value()
    #expect(value.perSample.map(\.isNaN) == [false, false, true, false, false])
    let gradient = try #require(value.gradient).elements
    #expect(gradient[6..<9].contains { $0.isNaN })
    #expect(!gradient[..<6].contains { $0.isNaN } && !gradient[9...].contains { $0.isNaN })
  }

  @Test("is nothing for no samples, and something for one class", arguments: definitions)
  func small(definition: LossDefinition) throws {
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
  func sequences(definition: LossDefinition) throws {
    let batch = LossBatch(definition, seed: 14)
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
  func configurations(definition: LossDefinition) throws {
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
