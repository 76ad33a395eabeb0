import Checkpoint
import CheckpointTrainer
import Testing

@Suite("Sequential")
struct SequentialTests {
  @Test("names layers as Keras does, around names that are given")
  func names() throws {
    let model = try Sequential(
      [Dense(1), Dropout(0.1), Dense(1, name: "dense_1"), Dense(1), Dropout(0.1)])
    #expect(model.layers.map(\.name) == ["dense", "dropout", "dense_1", "dense_2", "dropout_1"])
    #expect(throws: TrainerError.self) {
      try Sequential([Dense(1, name: "a"), Dense(1, name: "a")])
    }
    #expect(throws: TrainerError.self) { try Sequential([Dense(1, name: "a/b")]) }
  }

  @Test("is built by the first data if no shape is given")
  func lateBuild() throws {
    let model = try Sequential([Dense(2)], seed: 3)
    #expect(model.inputShape == nil)
    #expect(try model.predict(FloatTensor(repeating: 1, shape: [5, 4])).shape == [5, 2])
    #expect(model.inputShape == [4])
    #expect(throws: TrainerError.self) {
      try model.predict(FloatTensor(repeating: 1, shape: [5, 3]))
    }
  }

  @Test("follows from its seed")
  func seeds() throws {
    func weights(_ seed: UInt64) throws -> [FloatTensor] {
      try Sequential([Dense(4), Dense(4)], inputShape: [4], seed: seed).weights.map(\.value)
    }
    #expect(try weights(1) == weights(1))
    #expect(try weights(1) != weights(2))
    #expect(try weights(1)[0] != weights(1)[2])
  }

  @Test("predicts and evaluates in batches as at once, and changes nothing")
  func batches() throws {
    let training = try SmallTraining()
    let model = try training.model()
    let before = try model.checkpoint()
    let whole = try model.predict(training.inputs, batchSize: 22)
    #expect(try model.predict(training.inputs, batchSize: 5) == whole)
    let logs = try model.evaluate(training.inputs, training.targets, batchSize: 22)
    let parts = try model.evaluate(training.inputs, training.targets, batchSize: 5)
    #expect(abs(try #require(logs["loss"]) - (try #require(parts["loss"]))) < 1e-9)
    #expect(try model.checkpoint() == before)
  }

  @Test("loads weights only if names and shapes are its own, and lists all that is different")
  func loadWeights() throws {
    let source = try Sequential([Dense(4), Dense(2), Dense(1)], inputShape: [3])
    let target = try Sequential([Dense(4), Dense(3)], inputShape: [3])
    let before = target.weights.map(\.value)
    #expect {
      try target.loadWeights(from: source.checkpoint())
    } throws: { error in
      let text = "\(error)"
      return (error as? TrainerError)?.code == .weightsMismatch
        && text.contains("dense_1/kernel has the shape [4, 2], the model [4, 3]")
        && text.contains("dense_1/bias has the shape [2], the model [3]")
        && text.contains("dense_2/kernel is unknown to the model")
    }
    #expect(target.weights.map(\.value) == before)
    let same = try Sequential([Dense(4), Dense(2), Dense(1)], inputShape: [3])
    try same.loadWeights(from: source.checkpoint())
    #expect(same.weights.map(\.value) == source.weights.map(\.value))
  }

  @Test("says what its layers are")
  func summary() throws {
    let model = try Sequential(
      [Dense(64, activation: .relu), Dense(64, activation: .relu), Dense(10)], inputShape: [784])
    try model.compile(optimizer: "rmsprop", loss: "categorical_crossentropy")
    let summary = model.summary()
    #expect(summary.contains("dense_1 (Dense)   (None, 64)       4,160"))
    #expect(summary.contains("Total params: 55,050 (215.04 KB)"))
    #expect(summary.contains("Optimizer params: 55,052"))
  }

  @Test("without compile says what to call")
  func uncompiled() throws {
    let model = try Sequential([Dense(1)], inputShape: [1])
    let data = FloatTensor(repeating: 0, shape: [2, 1])
    #expect {
      try model.fit(data, data, verbose: 0)
    } throws: { ($0 as? TrainerError)?.code == .notCompiled }
    #expect {
      try model.compile(optimizer: "adagrad", loss: "mean_squared_error")
    } throws: { "\($0)".contains("no optimizer is called 'adagrad', there are Adam, RMSprop, SGD") }
  }

  @Test("takes the last samples for validation, before any shuffling")
  func validationSplit() throws {
    let training = try SmallTraining()
    let model = try training.model()
    let history = try model.fit(
      training.inputs, training.targets, epochs: 1, verbose: 0, validationSplit: 0.25)
    let expected = try model.evaluate(training.inputs.rows(16..<22), training.targets.rows(16..<22))
    #expect(history["val_loss"] == [try #require(expected["loss"])])
    for split in [-0.1, 1, 0.99, Double.nan] {
      #expect(throws: TrainerError.self) {
        try model.fit(training.inputs, training.targets, verbose: 0, validationSplit: split)
      }
    }
  }

  @Test("refuses data that don't fit")
  func unfitting() throws {
    let training = try SmallTraining()
    let model = try training.model()
    let none = FloatTensor([], shape: [0, 6])
    for (x, y) in [
      (training.inputs.rows(0..<5), training.targets), (training.inputs, training.inputs),
      (none, FloatTensor([], shape: [0, 3])),
    ] {
      #expect(throws: TrainerError.self) { try model.fit(x, y, verbose: 0) }
    }
    #expect(throws: TrainerError.self) {
      try model.fit(training.inputs, training.targets, batchSize: 0, verbose: 0)
    }
  }

  @Test("keeps history as JSON, NaN and infinities included, bit for bit")
  func history() throws {
    let text = """
      {"epoch":[0,1,2],"history":{"loss":[0.1,"NaN","-Infinity"],"val_loss":[2.5e-7,null,1]}}
      """
    let history = try History(json: try JSONValue.parse(text))
    #expect(history["loss"][0] == 0.1)
    #expect(history["loss"][1].isNaN)
    #expect(history["val_loss"] == [2.5e-7, 1])
    #expect(try JSONValue.parse(history.json.text()) == history.json)
    #expect(try History(json: history.json).json == history.json)
    for bad in [
      "{}", "{\"epoch\":[0],\"history\":{\"loss\":[]}}", "{\"epoch\":[\"a\"],\"history\":{}}",
    ] {
      #expect(throws: TrainerError.self) { try History(json: try JSONValue.parse(bad)) }
    }
  }

  @Test(
    "refuses targets that are no classes, saying which, and changes nothing",
    arguments: [-1, 3, 0.5, Float.nan])
  func labelsOutOfRange(label: Float) throws {
    let model = try Sequential([Dense(3, activation: .softmax)], inputShape: [2], seed: 3)
    try model.compile(optimizer: "sgd", loss: "sparse_categorical_crossentropy")
    let inputs = FloatTensor(repeating: 1, shape: [4, 2])
    let targets = FloatTensor([0, 2, label, 1], shape: [4])
    let before = try model.checkpoint().tensors
    let fits = #expect(throws: TrainerError.self) { try model.fit(inputs, targets, verbose: 0) }
    #expect("\(try #require(fits))".contains("sample 2"))
    #expect(throws: TrainerError.self) { try model.evaluate(inputs, targets) }
    #expect(throws: TrainerError.self) {
      try model.fit(
        inputs, FloatTensor([0, 2, 0, 1], shape: [4]), verbose: 0,
        validationData: (inputs, targets))
    }
    #expect(try model.checkpoint().tensors == before)
  }
}
