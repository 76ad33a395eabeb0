public import Checkpoint

extension Sequential {
  /// A model as Keras describes it: what `model.to_json()` writes, `config.json` in a `.keras` file,
  /// the document `architecture` of a checkpoint. Compiled if there is a `compile_config`. Its weights
  /// are drawn anew.
  ///
  /// - Parameters:
  ///   - config: the description.
  ///   - inputShape: the shape of one sample where the description has none; if both have none, the
  ///     first data tell.
  ///   - seed: what first weights, dropout and shuffling follow from; by default another one every
  ///     time.
  ///   - classes: what names in the description stand for.
  /// - Throws: `.invalidConfiguration`, `.unknownClass`, `.invalidArgument`, `.shapeMismatch`.
  public convenience init(
    config: JSONValue, inputShape: [Int]? = nil, seed: UInt64? = nil,
    classes: ClassRegistry = .standard
  ) throws(TrainerError) {
    let architecture = try Architecture(config, classes: classes)
    let inputShape = architecture.inputShape ?? inputShape
    if let inputShape { try Sequential.requireModest(architecture.layers, inputShape) }
    try self.init(architecture.layers, inputShape: inputShape, name: architecture.name, seed: seed)
    if let compileConfig = config["compile_config"], compileConfig != .null {
      try compile(compileConfig, classes: classes)
    }
  }

  /// More weights than a description may ask for: nobody should run out of memory over a typo.
  private static let weightLimit = 1 << 32

  private static func requireModest(
    _ layers: [any Layer], _ inputShape: [Int]
  ) throws(TrainerError) {
    var shape = inputShape
    var total = 0
    for layer in layers {
      for variable in layer.variables(for: shape) {
        guard let count = FloatTensor.elementCount(of: variable.shape),
          count <= weightLimit - total
        else {
          throw TrainerError(
            .invalidConfiguration,
            "the \(type(of: layer).className) layer '\(layer.name)' has a \(variable.name) of the "
              + "shape \(variable.shape): a model may have \(weightLimit) weights in all")
        }
        total += count
      }
      shape = try layer.outputShape(for: shape)
    }
  }

  /// Sets how the model learns and is judged, as Keras describes it: the object `compile_config` with
  /// `optimizer`, `loss` and `metrics`, each by name or by configuration.
  ///
  /// - Throws: `.unknownClass`, `.invalidConfiguration`.
  public func compile(
    _ config: JSONValue, classes: ClassRegistry = .standard
  ) throws(TrainerError) {
    let members = Configuration(config.objectValue ?? [:], of: "compile_config")
    for key in ["loss_weights", "weighted_metrics"] where config[key]?.arrayValue != [] {
      try members.requireNone(of: key)
    }
    var metrics: [any Metric] = []
    for metric in config["metrics"]?.arrayValue ?? [] {
      // One list for each output is how some versions write the metrics of the only output.
      for metric in metric.arrayValue ?? [metric] { metrics.append(try classes.metric(metric)) }
    }
    compile(
      optimizer: try classes.optimizer(config["optimizer"] ?? .null),
      loss: try classes.loss(config["loss"] ?? .null), metrics: metrics)
  }

  /// The names under which the metrics are logged, in the order in which they were asked for; empty
  /// before `compile`.
  public var metricNames: [String] { objective?.metricNames ?? [] }

  /// The loss's name, such as "categorical_crossentropy"; nil before `compile`.
  public var lossName: String? { objective.map { type(of: $0.loss).identifier } }

  /// The shape of one sample's output; nil until the model is built.
  public var outputShape: [Int]? { network?.outputShape }
}
