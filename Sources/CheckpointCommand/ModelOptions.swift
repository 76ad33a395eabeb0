internal import ArgumentParser
internal import Checkpoint
internal import CheckpointTrainer

/// What is trained, and how it learns.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      mlp (dense layers), cnn (two convolutions, for images of 28 × 28), pima (8-12-8-1, for a CSV \
      file with labels 0 and 1), or a file with a Keras Sequential model as model.to_json() writes it.
      """, valueName: "mlp|cnn|pima|file.json"),
    completion: .file(extensions: ["json"]), transform: ModelChoice.init)
  var model = ModelChoice.named(.mlp)

  @Option(help: "Units of mlp's hidden layers, separated by commas. (default: 64,64)")
  var hidden: String?

  @Option(help: "The share of mlp's hidden units that dropout leaves out. (default: 0)")
  var dropout: Float?

  @Option(
    help: """
      What is made small, such as categorical_crossentropy, binary_crossentropy or \
      mean_squared_error. (default: the model's)
      """)
  var loss: String?

  @Option(
    help:
      "How it learns, such as sgd, rmsprop or adam, with Keras' defaults. (default: the model's)")
  var optimizer: String?

  @Option(help: "The optimizer's learning rate. (default: the optimizer's)")
  var learningRate: Double?

  @Option(
    help: "What is reported beside the loss, separated by commas; 'none'. (default: the model's)")
  var metrics: String?

  func validate() throws {
    guard !hiddenUnits.isEmpty, hiddenUnits.allSatisfy({ $0 > 0 && $0 < 1 << 24 }) else {
      throw ValidationError(
        "--hidden takes numbers of units such as 64,64, not '\(hidden ?? "")'.")
    }
    guard (0..<1).contains(dropout ?? 0) else {
      throw ValidationError("--dropout goes from 0 to below 1.")
    }
    if case .named(.mlp) = model {
    } else if hidden != nil || dropout != nil {
      throw ValidationError("--hidden and --dropout are for --model mlp.")
    }
    if let learningRate, !(learningRate > 0 && learningRate.isFinite) {
      throw ValidationError("--learning-rate is above 0.")
    }
  }

  private var hiddenUnits: [Int] {
    let parts = (hidden ?? "64,64").split(separator: ",", omittingEmptySubsequences: false)
    let units = parts.compactMap { Int($0) }
    return units.count == parts.count ? units : []
  }

  /// Epochs, if nobody says how many.
  var defaultEpochs: Int { named?.epochs ?? 10 }

  /// Samples per step, if nobody says how many.
  var defaultBatchSize: Int { named?.batchSize ?? 32 }

  private var named: NamedModel? {
    if case .named(let model) = model { model } else { nil }
  }

  // MARK: The model

  /// The model, built for the data and compiled.
  /// - Throws: `TrainerError`; of a file, with its name before the message.
  func build(for input: TrainingInput, seed: UInt64) throws(TrainerError) -> Sequential {
    switch model {
    case .named(let named):
      let document = named.document(
        sampleShape: input.sampleShape, classCount: try input.classCount(),
        hiddenUnits: hiddenUnits, dropout: dropout ?? 0)
      return try build(document, for: input, seed: seed)
    case .file(let file):
      let document = try ModelChoice.document(in: file)
      do {
        return try build(document, for: input, seed: seed)
      } catch {
        throw TrainerError(error.code, "\(file): \(error.message)", cause: error)
      }
    }
  }

  private func build(
    _ document: JSONValue, for input: TrainingInput, seed: UInt64
  ) throws(TrainerError) -> Sequential {
    var document = document.objectValue ?? [:]
    let config = CompileConfig(
      document["compile_config"], loss: loss, optimizer: optimizer, learningRate: learningRate,
      metrics: metrics)
    document["compile_config"] = nil
    let model = try Sequential(
      config: .object(document), inputShape: [input.sampleShape.reduce(1, *)], seed: seed)
    try model.compile(config.json(outputShape: model.outputShape ?? []))
    return model
  }
}
