import Checkpoint
import CheckpointTrainer
import Testing

@Suite("Optimizers")
struct OptimizerTests {
  /// One variable's steps in double precision, as the documentation's formulas say.
  private struct Oracle {
    let optimizer: any Optimizer
    var weight: Double
    var slots: [Double]
    var step = 0.0

    mutating func update(_ g: Double, rate: Double) {
      step += 1
      switch optimizer {
      case let sgd as SGD:
        let momentum = Double(sgd.momentum)
        let velocity = momentum * (slots.first ?? 0) - rate * g
        if !slots.isEmpty { slots[0] = velocity }
        weight += sgd.nesterov && momentum != 0 ? momentum * velocity - rate * g : velocity
      case let rms as RMSprop:
        slots[0] = rms.rho * slots[0] + (1 - rms.rho) * g * g
        var variance = slots[0]
        if rms.centered {
          slots[slots.count - 1] = rms.rho * slots[slots.count - 1] + (1 - rms.rho) * g
          variance -= slots[slots.count - 1] * slots[slots.count - 1]
        }
        var change = rate * g / (variance + Double(rms.epsilon)).squareRoot()
        if rms.momentum > 0 {
          slots[1] = Double(rms.momentum) * slots[1] + change
          change = slots[1]
        }
        weight -= change
      case let adam as Adam:
        slots[0] = adam.beta1 * slots[0] + (1 - adam.beta1) * g
        slots[1] = adam.beta2 * slots[1] + (1 - adam.beta2) * g * g
        if adam.amsgrad { slots[2] = max(slots[2], slots[1]) }
        let (decay1, decay2) = (power(adam.beta1, step), power(adam.beta2, step))
        weight -=
          rate * (1 - decay2).squareRoot() / (1 - decay1) * slots[0]
          / ((slots.last ?? 0).squareRoot() + Double(adam.epsilon))
      default: Issue.record("no oracle for \(optimizer)")
      }
    }

    private func power(_ base: Double, _ exponent: Double) -> Double {
      (0..<Int(exponent)).reduce(1) { product, _ in product * base }
    }
  }

  /// Settings drawn at random.
  static let settings: [any Optimizer] = {
    var generator = RandomGenerator(seed: 77)
    func between(_ low: Double, _ high: Double) -> Double {
      low + (high - low) * Double(generator.integer(below: 1001)) / 1000
    }
    return (0..<8).flatMap { index -> [any Optimizer] in
      let rate = Float(between(0.0005, 0.02))
      let momentum = index % 2 == 0 ? 0 : Float(between(0.1, 0.9))
      return [
        SGD(learningRate: rate, momentum: momentum, nesterov: index % 4 < 2),
        RMSprop(
          learningRate: rate, rho: between(0.5, 0.95), momentum: momentum,
          epsilon: Float(between(1e-4, 1e-2)), centered: index % 4 < 2),
        Adam(
          learningRate: rate, beta1: between(0.5, 0.95), beta2: between(0.8, 0.999),
          epsilon: Float(between(1e-6, 1e-2)), amsgrad: index % 2 == 0),
      ]
    }
  }()

  @Test("do in single precision what their formulas say", arguments: settings)
  func formulas(optimizer: any Optimizer) {
    var generator = RandomGenerator(seed: 3)
    // Seven: a vector of four and a rest.
    var variable = FloatTensor((0..<7).map { _ in generator.normal() }, shape: [7])
    var slots = optimizer.slotNames.map { _ in FloatTensor(repeating: 0, shape: [7]) }
    var oracles = variable.elements.map {
      Oracle(
        optimizer: optimizer, weight: Double($0),
        slots: [Double](repeating: 0, count: slots.count))
    }
    for iteration in 0..<Int64(12) {
      let gradient = FloatTensor((0..<7).map { _ in generator.normal() }, shape: [7])
      optimizer.update(
        &variable, gradient: gradient, slots: &slots, learningRate: optimizer.learningRate,
        iteration: iteration)
      for index in 0..<7 {
        oracles[index].update(
          Double(gradient.elements[index]), rate: Double(optimizer.learningRate))
        let ours = Double(variable.elements[index])
        #expect(abs(ours - oracles[index].weight) < 1e-6 * max(1, abs(ours)))
      }
    }
    for (slot, values) in slots.enumerated() {
      for index in 0..<7 {
        #expect(abs(Double(values.elements[index]) - oracles[index].slots[slot]) < 1e-6)
      }
    }
  }

  @Test("treat each element alike, wherever it stands", arguments: settings)
  func lengths(optimizer: any Optimizer) {
    func step(_ count: Int) -> [Float] {
      var variable = FloatTensor((0..<count).map { Float($0) / 8 }, shape: [count])
      var slots = optimizer.slotNames.map { _ in FloatTensor(repeating: 0.1, shape: [count]) }
      optimizer.update(
        &variable, gradient: FloatTensor((0..<count).map { Float($0 - 4) / 4 }, shape: [count]),
        slots: &slots, learningRate: 0.1, iteration: 3)
      return variable.elements
    }
    let long = step(13)
    for count in 1..<13 { #expect(step(count) == Array(long.prefix(count))) }
  }

  @Test("let NaN and infinity through, into that element alone", arguments: settings)
  func notANumber(optimizer: any Optimizer) {
    for poison in [Float.nan, .infinity] {
      var variable = FloatTensor(repeating: 1, shape: [6])
      var slots = optimizer.slotNames.map { _ in FloatTensor(repeating: 0, shape: [6]) }
      for iteration in 0..<Int64(3) {
        optimizer.update(
          &variable, gradient: FloatTensor([1, 1, poison, 1, 1, poison], shape: [6]),
          slots: &slots, learningRate: 0.1, iteration: iteration)
      }
      #expect(variable.elements.map(\.isFinite) == [true, true, false, true, true, false])
    }
  }

  @Test("are rebuilt from their configurations, and known by Keras' names", arguments: settings)
  func configurations(optimizer: any Optimizer) throws {
    let text = JSONValue.object(optimizer.config).text()
    let config = try #require(try JSONValue.parse(text).objectValue)
    let rebuilt = try type(of: optimizer).init(config: config)
    #expect(rebuilt.config == optimizer.config)
    #expect(rebuilt.slotNames == optimizer.slotNames)
    let name = type(of: optimizer).className.lowercased()
    #expect(
      type(of: try ClassRegistry.standard.optimizer(.string(name))) == type(of: optimizer))
  }

  @Test("have Keras' defaults", arguments: ["adam", "rmsprop", "sgd"])
  func defaults(name: String) throws {
    let optimizer = try ClassRegistry.standard.optimizer(.string(name))
    let expected: [any Optimizer] = [Adam(), SGD(), RMSprop()]
    #expect(expected.contains { $0.config == optimizer.config })
    #expect(optimizer.learningRate == (name == "sgd" ? 0.01 : 0.001))
  }

  @Test(
    "refuse what they can't do, naming it",
    arguments: [
      ("weight_decay", 0.01), ("clipnorm", 1), ("use_ema", true),
      ("learning_rate", "fast"), ("beta_1", []), ("amsgrad", 1),
      ("learning_rate", ["class_name": "Moon"]),
      ("learning_rate", ["class_name": "CosineDecay", "config": ["decay_steps": 0]]),
    ] as [(String, JSONValue)])
  func impossible(key: String, value: JSONValue) {
    #expect {
      try Adam(config: [key: value])
    } throws: { error in
      let code = (error as? TrainerError)?.code
      return code == .invalidConfiguration || code == .unknownClass
    }
  }

  @Test("take null for what Keras leaves out")
  func nulls() throws {
    let adam = try Adam(config: ["weight_decay": nil, "clipnorm": nil, "use_ema": false])
    #expect(adam.config == Adam().config)
  }
}
