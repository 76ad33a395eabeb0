import Checkpoint
import CheckpointTrainer
import Testing

@Suite("Keras' numbers")
struct KerasGoldenTests {
  /// Absolute; the reference's README says why this separates right from wrong.
  static let tolerance: Float = 1e-5

  @Test(
    "are those of a training with the same data",
    arguments: [
      "dummy_mlp_rmsprop_cce", "mlp_sgd_cce", "mlp_rmsprop_momentum_centered",
      "mlp_sgd_momentum_mse", "mlp_sgd_nesterov_sparse", "pima_mlp_adam_bce",
      "mlp_adam_amsgrad_sparse", "cnn_same_stride_sgd", "cnn_adam_cce",
    ])
  func training(name: String) throws {
    let golden = try GoldenCase(name)
    let model = try golden.model()
    let x = try golden.tensors.tensor("x")
    let y = try golden.tensors.tensor("y")
    let valX = try golden.tensors.tensor("val_x")
    let valY = try golden.tensors.tensor("val_y")
    expectClose(
      try model.predict(x), try golden.tensors.tensor("pred_init"), "first predictions")

    let recorder = StepRecorder()
    let history = try model.fit(
      x, y, batchSize: golden.batchSize, epochs: golden.epochs, verbose: 0,
      callbacks: [recorder], validationData: (valX, valY), shuffle: false)

    // Every step's loss and metrics, of that batch alone.
    #expect(recorder.stepLogs.count == golden.steps.count)
    for (index, (ours, theirs)) in zip(recorder.stepLogs, golden.steps).enumerated() {
      expectClose(ours, theirs, "step \(index)", ignoring: ["epoch", "batch", "samples"])
    }
    for (variable, value) in try #require(recorder.firstWeights) {
      expectClose(value, try golden.tensors.tensor("step1/" + variable), "step1/" + variable)
    }
    // Every epoch's values, and all weights and optimizer variables at the end.
    #expect(history.logs.count == golden.history.count)
    for (index, (ours, theirs)) in zip(history.logs, golden.history).enumerated() {
      expectClose(ours, theirs, "epoch \(index)")
    }
    for (variable, value) in model.weights {
      expectClose(value, try golden.tensors.tensor("final/" + variable), "final/" + variable)
    }
    expectClose(try model.predict(x), try golden.tensors.tensor("pred_final"), "predictions")
    expectClose(
      try model.evaluate(valX, valY), try #require(golden.json["evaluate_val"]?.objectValue),
      "evaluation")
    try expectOptimizerState(model, golden)
  }

  @Test(
    "are those of the first batch's gradients, whatever the optimizer",
    arguments: ["cnn_adam_cce", "cnn_same_stride_sgd", "mlp_sgd_cce"])
  func firstGradients(name: String) throws {
    let golden = try GoldenCase(name)
    // With a rate of 1 the step is the gradient.
    let model = try golden.model(optimizer: SGD(learningRate: 1))
    let x = try golden.tensors.tensor("x")
    expectClose(
      try model.predict(x), try golden.tensors.tensor("pred_init"), "first predictions")
    let before = model.weights
    try model.fit(
      x.rows(0..<golden.batchSize), try golden.tensors.tensor("y").rows(0..<golden.batchSize),
      batchSize: golden.batchSize, verbose: 0, shuffle: false)
    for ((variable, old), new) in zip(before, model.weights) {
      let step = zip(old.elements, new.value.elements).map { $0 - $1 }
      expectClose(
        FloatTensor(step, shape: old.shape), try golden.tensors.tensor("grad0/" + variable),
        "grad0/" + variable)
    }
  }

  /// Keras' optimizer variables, in its order.
  private func expectOptimizerState(_ model: Sequential, _ golden: GoldenCase) throws {
    let variables = try #require(golden.json["optimizer_variables"]?.arrayValue)
    let names = model.optimizerVariableNames
    #expect(
      variables.map { $0["name"]?.stringValue }
        == names.map {
          $0.contains("/") ? "sequential_" + $0.replacing("/", with: "_") : $0
        })
    let tensors = try model.checkpoint().tensors
    let iteration = try #require(tensors["optimizer/iteration"])
    #expect(try iteration.elements(as: Int64.self) == [Int64(golden.steps.count)])
    for (index, name) in names.enumerated().dropFirst() {
      let tensor = try #require(tensors["optimizer/" + name])
      expectClose(
        FloatTensor(try tensor.elements(as: Float.self), shape: tensor.shape),
        try golden.tensors.tensor("opt_final/\(index)"), name)
    }
  }

  private func expectClose(
    _ ours: Logs, _ theirs: JSONObject, _ what: String, ignoring: Set<String> = []
  ) {
    let names = theirs.keys.filter { !ignoring.contains($0) }
    #expect(Set(ours.names) == Set(names))
    for name in names {
      let difference = abs((ours[name] ?? .nan) - (theirs[name]?.doubleValue ?? .nan))
      #expect(difference <= Double(KerasGoldenTests.tolerance), "\(what): \(name)")
    }
  }

  private func expectClose(_ ours: FloatTensor, _ theirs: FloatTensor, _ what: String) {
    #expect(ours.shape == theirs.shape, "\(what)")
    let worst = zip(ours.elements, theirs.elements).map { abs($0 - $1) }.max() ?? .nan
    #expect(worst <= KerasGoldenTests.tolerance, "\(what)")
  }
}

/// A training that the reference recorded.
struct GoldenCase {
  let json: JSONValue
  let tensors: SafetensorsFixture
  let steps: [JSONObject]
  let history: [JSONObject]
  let batchSize: Int
  let epochs: Int

  init(_ name: String) throws {
    json = try jsonFixture("keras-golden/\(name).json")
    tensors = try SafetensorsFixture("keras-golden/\(name).safetensors")
    steps = try #require(json["steps"]?.arrayValue).compactMap(\.objectValue)
    history = try #require(json["history"]?.arrayValue).compactMap(\.objectValue)
    batchSize = Int(try #require(json["batch_size"]?.intValue))
    epochs = Int(try #require(json["epochs"]?.intValue))
  }

  /// The model with the reference's first weights, built from the reference's configuration.
  ///
  /// - Parameter optimizer: one to take the place of the reference's.
  func model(optimizer: (any Optimizer)? = nil) throws -> Sequential {
    let classes = ClassRegistry.standard
    func split(_ value: JSONValue) -> JSONValue {
      ["class_name": value["type"] ?? nil, "config": value]
    }
    let layers = try #require(json["layers"]?.arrayValue).map { try classes.layer(split($0)) }
    let shape = try #require(json["input_shape"]?.arrayValue).compactMap { $0.intValue }
    let model = try Sequential(layers, inputShape: shape.map { Int($0) }, seed: 1)
    model.compile(
      optimizer: try optimizer ?? classes.optimizer(split(try #require(json["optimizer"]))),
      loss: try classes.loss(try #require(json["loss"])),
      metrics: try #require(json["metrics"]?.arrayValue).map { try classes.metric($0) })
    var weights: [String: FloatTensor] = [:]
    for (name, _) in model.weights { weights[name] = try tensors.tensor("init/" + name) }
    try model.setWeights(weights)
    return model
  }
}

/// Keeps the values of every single batch, which the running values of the epoch hide.
private final class StepRecorder: Callback {
  var stepLogs: [Logs] = []
  var firstWeights: [(name: String, value: FloatTensor)]?
  private var sums: [String: Double] = [:]
  private var sampleCount = 0.0

  func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    if firstWeights == nil { firstWeights = training.model.weights }
    if batch == 0 { (sums, sampleCount) = ([:], 0) }
    let total = min(training.sampleCount, (batch + 1) * training.batchSize)
    let added = Double(total) - sampleCount
    var values: [(String, Double)] = []
    for entry in logs.entries {
      let sum = entry.value * Double(total)
      values.append((entry.name, (sum - sums[entry.name, default: 0]) / added))
      sums[entry.name] = sum
    }
    sampleCount = Double(total)
    stepLogs.append(Logs(values))
  }
}
