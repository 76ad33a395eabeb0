import Checkpoint

/// What the cross-entropies have in common: their options, and the activations that they take over.
struct CrossentropyOptions: Sendable, Hashable {
  /// What probabilities are kept away from 0 and 1 by, as in Keras.
  static let clip: Float = 1e-7

  /// Whether outputs are logits whatever the last layer is.
  var fromLogits = false
  /// The share of each target that is spread evenly over the classes.
  var labelSmoothing: Float = 0

  init(fromLogits: Bool, labelSmoothing: Float) {
    precondition(
      labelSmoothing >= 0 && labelSmoothing <= 1, "a label smoothing of \(labelSmoothing)")
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
  }

  /// - Throws: `.invalidConfiguration`, also for options of Keras that are not there.
  init(_ config: JSONObject, of className: String) throws(TrainerError) {
    let configuration = Configuration(config, of: className)
    try configuration.requireMeanReduction()
    try configuration.require("axis", isOneOf: [-1])
    try configuration.require("ignore_class", isOneOf: [])
    fromLogits = try configuration.bool("from_logits", or: false)
    labelSmoothing = try configuration.float("label_smoothing", or: 0)
    guard labelSmoothing >= 0, labelSmoothing <= 1 else {
      throw TrainerError(
        .invalidConfiguration,
        "\(className): 'label_smoothing' is \(labelSmoothing), but must be between 0 and 1")
    }
  }

  /// Keras' form; empty for the defaults.
  func config(name: String, smooths: Bool = true) -> JSONObject {
    guard fromLogits || labelSmoothing != 0 else { return [:] }
    var config: JSONObject = [
      "name": .string(name), "reduction": "sum_over_batch_size", "from_logits": .bool(fromLogits),
    ]
    if smooths {
      config["label_smoothing"] = .float(labelSmoothing)
      config["axis"] = -1
    } else {
      config["ignore_class"] = .null
    }
    return config
  }

  /// Keras takes logits from whatever has kept them: a softmax's are taken for a binary loss too,
  /// and a sigmoid's for a categorical one.
  static func takeOver(_ activation: Activation) -> Bool {
    activation == .softmax || activation == .sigmoid
  }

  /// Targets with their share spread over the classes of the last axis.
  func smoothed(_ targets: FloatTensor) -> FloatTensor {
    guard labelSmoothing != 0 else { return targets }
    let (kept, spread) = (1 - labelSmoothing, labelSmoothing / Float(targets.shape.last ?? 1))
    return FloatTensor(targets.elements.map { $0 * kept + spread }, shape: targets.shape)
  }
}

extension Configuration {
  /// Refuses a member that asks for what there isn't.
  ///
  /// - Throws: `.invalidConfiguration` if the member is there and none of these, nor null.
  func require(_ key: String, isOneOf values: [JSONValue]) throws(TrainerError) {
    guard let member = self[key], !member.isNull, !values.contains(member) else { return }
    let known = values.map { $0.text() } + ["null"]
    throw TrainerError(
      .invalidConfiguration,
      "\(className): '\(key)' is \(member.text()), which is not supported; it may be "
        + known.joined(separator: " or "))
  }

  /// Losses are means over the batch.
  func requireMeanReduction() throws(TrainerError) {
    try require("reduction", isOneOf: ["sum_over_batch_size", "mean"])
  }
}
