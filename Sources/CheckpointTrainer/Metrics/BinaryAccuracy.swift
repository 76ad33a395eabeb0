public import Checkpoint

/// The share of outputs on the right side of a threshold: those above it count as 1, all others and
/// NaN as 0. With several outputs per sample, the mean over them. After
/// https://keras.io/api/metrics/accuracy_metrics.
public struct BinaryAccuracy: Metric {
  /// "BinaryAccuracy"
  public static let className = "BinaryAccuracy"
  /// "binary_accuracy", "BinaryAccuracy"
  public static let identifiers = ["binary_accuracy", "BinaryAccuracy"]

  /// The name in logs: that by which it was asked for.
  public var name: String
  /// What outputs are compared with.
  public var threshold: Float

  /// The metric, under a name for the logs.
  public init(name: String = "binary_accuracy", threshold: Float = 0.5) {
    self.name = name
    self.threshold = threshold
  }

  /// The metric a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    let configuration = Configuration(config, of: BinaryAccuracy.className)
    name = try configuration.string("name", or: "binary_accuracy")
    threshold = try configuration.float("threshold", or: 0.5)
    guard threshold > 0, threshold < 1 else {
      throw TrainerError(
        .invalidConfiguration,
        "BinaryAccuracy: 'threshold' is \(threshold), but must be between 0 and 1")
    }
  }

  /// The configuration in Keras' form; the threshold only if it isn't 0.5.
  public var config: JSONObject {
    var config: JSONObject = ["name": .string(name)]
    if threshold != 0.5 { config["threshold"] = .float(threshold) }
    return config
  }

  /// A target for each output.
  public func check(targetShape: [Int], outputShape: [Int]) throws(TrainerError) {
    try requireEqual(targetShape, outputShape)
  }

  /// Counts the outputs on the right side.
  public func update(_ state: inout [Double], outputs: FloatTensor, targets: FloatTensor) {
    AccuracyResolution.binary(threshold: threshold)
      .update(&state, outputs: outputs, targets: targets)
  }
}
