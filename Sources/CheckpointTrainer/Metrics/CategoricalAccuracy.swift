public import Checkpoint

/// The share of samples whose class was found, for targets that are distributions such
/// as one-hot rows: the first largest target and the first largest output are at the same place.
/// After https://keras.io/api/metrics/accuracy_metrics.
public struct CategoricalAccuracy: Metric {
  /// "CategoricalAccuracy"
  public static let className = "CategoricalAccuracy"
  /// "categorical_accuracy", "CategoricalAccuracy"
  public static let identifiers = ["categorical_accuracy", "CategoricalAccuracy"]

  /// The name in logs: that by which it was asked for.
  public var name: String

  /// The metric, under a name for the logs.
  public init(name: String = "categorical_accuracy") { self.name = name }

  /// The metric a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    name = try Configuration(config, of: CategoricalAccuracy.className)
      .string("name", or: "categorical_accuracy")
  }

  /// The configuration in Keras' form.
  public var config: JSONObject { ["name": .string(name)] }

  /// Targets and outputs that can be compared so.
  public func check(targetShape: [Int], outputShape: [Int]) throws(TrainerError) {
    try require(.categorical, targetShape: targetShape, outputShape: outputShape)
  }

  /// Counts the samples found.
  public func update(_ state: inout [Double], outputs: FloatTensor, targets: FloatTensor) {
    AccuracyResolution.categorical.update(&state, outputs: outputs, targets: targets)
  }
}
