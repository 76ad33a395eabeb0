public import Checkpoint

/// The share of samples whose class was found, for targets that are the classes'
/// numbers: the first largest output is at that place.
/// After https://keras.io/api/metrics/accuracy_metrics.
public struct SparseCategoricalAccuracy: Metric {
  /// "SparseCategoricalAccuracy"
  public static let className = "SparseCategoricalAccuracy"
  /// "sparse_categorical_accuracy", "SparseCategoricalAccuracy"
  public static let identifiers = ["sparse_categorical_accuracy", "SparseCategoricalAccuracy"]

  /// The name in logs: that by which it was asked for.
  public var name: String

  /// The metric, under a name for the logs.
  public init(name: String = "sparse_categorical_accuracy") { self.name = name }

  /// The metric a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    name = try Configuration(config, of: SparseCategoricalAccuracy.className)
      .string("name", or: "sparse_categorical_accuracy")
  }

  /// The configuration in Keras' form.
  public var config: JSONObject { ["name": .string(name)] }

  /// Targets and outputs that can be compared so.
  public func check(targetShape: [Int], outputShape: [Int]) throws(TrainerError) {
    try require(.sparse, targetShape: targetShape, outputShape: outputShape)
  }

  /// Counts the samples found.
  public func update(_ state: inout [Double], outputs: FloatTensor, targets: FloatTensor) {
    AccuracyResolution.sparse.update(&state, outputs: outputs, targets: targets)
  }
}
