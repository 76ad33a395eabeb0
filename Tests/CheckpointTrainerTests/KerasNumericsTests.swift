import Checkpoint
import CheckpointTrainer
import Testing

@Suite("Keras' numbers beyond the reference trainings")
struct KerasNumericsTests {
  private static func entries(_ name: String) -> [JSONValue] {
    (try? jsonFixture("keras-numerics/\(name).json"))?["entries"]?.arrayValue ?? []
  }

  @Test(
    "are there to be compared with",
    arguments: [("schedules", 13), ("metrics", 25), ("heads", 15), ("training", 4)])
  func fixtures(name: String, count: Int) {
    #expect(KerasNumericsTests.entries(name).count == count)
  }

  @Test("come out of every schedule at every step", arguments: entries("schedules"))
  func schedule(entry: JSONValue) throws {
    let schedule = try ClassRegistry.standard.schedule(entry.member("schedule"))
    let steps = try #require(
      jsonFixture("keras-numerics/schedules.json").member("steps").arrayValue)
    let values = try entry.member("values").tensor().elements
    #expect(values.count == steps.count)
    for (step, value) in zip(steps, values) {
      let ours = schedule.learningRate(at: try #require(step.intValue))
      #expect(abs(ours - value) <= 2e-6 * abs(value) + 1e-8, "step \(step.text()): \(ours)")
    }
    // What Keras wrote is what we write, but for the class's own name.
    #expect(schedule.serialized == (try entry.member("schedule")))
  }

  @Test("come out of every metric, under the same name", arguments: entries("metrics"))
  func metric(entry: JSONValue) throws {
    let metric = try ClassRegistry.standard.metric(entry.member("metric"))
    let outputs = try entry.member("outputs").tensor()
    let targets = try entry.member("targets").tensor()
    try metric.check(
      targetShape: Array(targets.shape.dropFirst()), outputShape: Array(outputs.shape.dropFirst()))
    var state = metric.initialState
    for batch in [0..<2, 2..<outputs.rowCount] {
      metric.update(&state, outputs: outputs.rows(batch), targets: targets.rows(batch))
    }
    let logs = try #require(entry.member("logs").objectValue)
    #expect(logs.keys == [metric.name])
    let (ours, theirs) = (metric.result(of: state), try #require(logs[metric.name]?.numberValue))
    #expect(abs(ours - theirs) < 1e-6 || (ours.isNaN && theirs.isNaN), "\(ours), not \(theirs)")
  }

  @Test("come out of every pair of last activation and loss", arguments: entries("heads"))
  func head(entry: JSONValue) throws {
    let model = try dense(entry, activation: Activation(config: entry.member("activation")))
    let loss = try ClassRegistry.standard.loss(entry.member("loss"))
    #expect(loss.serialized == (try entry.member("loss")))
    model.compile(optimizer: SGD(), loss: loss)
    let inputs = try entry.member("inputs").tensor()
    let targets = try entry.member("targets").tensor()
    let value = try #require(try model.evaluate(inputs, targets)["loss"])
    #expect(abs(value - (try #require(entry["value"]?.numberValue))) < 1e-5)
    try model.fit(inputs, targets, verbose: 0)
    try expectWeights(of: model, entry)
  }

  @Test("come out of trainings under a schedule", arguments: entries("training"))
  func training(entry: JSONValue) throws {
    let model = try dense(entry, activation: .sigmoid)
    let optimizer = try ClassRegistry.standard.optimizer(entry.member("optimizer"))
    model.compile(optimizer: optimizer, loss: BinaryCrossentropy())
    let history = try model.fit(
      entry.member("inputs").tensor(), entry.member("targets").tensor(), batchSize: 5, epochs: 3,
      verbose: 0, shuffle: false)
    for (ours, theirs) in zip(history["loss"], try entry.member("loss").tensor().elements) {
      #expect(abs(ours - Double(theirs)) < 1e-5)
    }
    try expectWeights(of: model, entry)
    // Names and order as in Keras: without a learning rate, which follows from the iteration.
    let variables = try #require(entry.member("variables").arrayValue)
    let tensors = try model.checkpoint().tensors
    #expect(variables.count == model.optimizerVariableNames.count)
    #expect(tensors.keys.filter { $0.hasPrefix("optimizer/") }.count == variables.count)
    for (name, variable) in zip(model.optimizerVariableNames, variables).dropFirst() {
      #expect(
        variable["name"]?.stringValue == "sequential_" + name.replacing("/", with: "_"))
      let tensor = try #require(tensors["optimizer/" + name])
      expectClose(
        FloatTensor(try tensor.elements(as: Float.self), shape: tensor.shape),
        try variable.member("value").tensor(), name)
    }
  }

  /// A layer with the entry's first weights.
  private func dense(_ entry: JSONValue, activation: Activation) throws -> Sequential {
    let weights = try #require(entry.member("weights").arrayValue).map { try $0.tensor() }
    let model = try Sequential(
      [Dense(weights[1].shape[0], activation: activation)], inputShape: [3], seed: 1)
    try model.setWeights(["dense/kernel": weights[0], "dense/bias": weights[1]])
    return model
  }

  private func expectWeights(of model: Sequential, _ entry: JSONValue) throws {
    let after = try #require(entry.member("after").arrayValue)
    for (weight, value) in zip(model.weights, after) {
      expectClose(weight.value, try value.tensor(), weight.name)
    }
  }
}
