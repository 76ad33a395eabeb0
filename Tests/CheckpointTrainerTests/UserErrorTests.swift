import Checkpoint
import CheckpointTrainer
import Testing

@Suite("What users get wrong, or ask too much of")
struct UserErrorTests {
  private let inputs = FloatTensor(repeating: 1, shape: [5, 2])
  private let targets = FloatTensor(repeating: 1, shape: [5, 1])

  private func model() throws -> Sequential {
    let model = try Sequential([Dense(1)], inputShape: [2], seed: 1)
    try model.compile(optimizer: "sgd", loss: "mse", metrics: [])
    return model
  }

  @Test("a batch larger than any data is one batch of all", arguments: [5, 6, Int.max - 1, .max])
  func hugeBatch(size: Int) throws {
    let model = try model()
    try model.fit(
      inputs, targets, batchSize: size, epochs: 2, verbose: .silent,
      validationData: (inputs, targets))
    #expect(try model.checkpoint().step == 2)
    #expect(try model.predict(inputs, batchSize: size).shape == [5, 1])
    #expect(try model.evaluate(inputs, targets, batchSize: size)["loss"] != nil)
  }

  @Test("no samples have no loss: not even one of 0, which would be the best ever")
  func noSamples() throws {
    let none = (FloatTensor([], shape: [0, 2]), FloatTensor([], shape: [0, 1]))
    func refused(_ work: (Sequential) throws -> Void) throws {
      let model = try model()
      #expect {
        try work(model)
      } throws: { error in
        (error as? TrainerError)?.code == .invalidArgument && "\(error)".contains("no samples")
      }
      #expect(model.history.logs.isEmpty)
    }
    try refused { _ = try $0.fit(none.0, none.1, verbose: .silent) }
    try refused { _ = try $0.fit(inputs, targets, verbose: .silent, validationData: none) }
    try refused { _ = try $0.evaluate(none.0, none.1) }
    #expect(try model().predict(none.0).shape == [0, 1])
  }

  @Test("zero epochs train nothing")
  func zeroEpochs() throws {
    let model = try model()
    let before = model.weights.map(\.value)
    #expect(try model.fit(inputs, targets, epochs: 0, verbose: .silent).epochs.isEmpty)
    #expect(model.weights.map(\.value) == before)
  }

  @Test("two metrics of one name are numbered, as Keras does")
  func equalMetricNames() throws {
    let model = try Sequential([Dense(1)], inputShape: [2], seed: 1)
    model.compile(
      optimizer: SGD(), loss: MeanSquaredError(),
      metrics: [
        MeanAbsoluteErrorMetric(name: "x"), MeanSquaredErrorMetric(name: "x"),
        MeanAbsoluteErrorMetric(name: "x"),
      ])
    let history = try model.fit(
      inputs, targets, verbose: .silent, validationData: (inputs, targets))
    let names = ["loss", "x", "x_1", "x_2"]
    #expect(history.logs[0].names == names + names.map { "val_" + $0 })
    #expect(model.metricNames == ["x", "x_1", "x_2"])
    #expect(history["x_1"] == history["loss"])
    #expect(history["x_2"] == history["x"])
    #expect(try History(json: history.json) == history)
  }
}
