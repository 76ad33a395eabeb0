public import Checkpoint

/// The share of samples whose class was found. After
/// https://keras.io/api/metrics/accuracy_metrics.
///
/// As Keras resolves "accuracy": with a single output binary accuracy (class 1 above 0.5); with several
/// outputs sparse categorical accuracy if targets are numbers (the class of the first largest output),
/// else categorical accuracy (the class of the first largest target).
public struct Accuracy: Metric {
  /// "Accuracy"
  public static let className = "Accuracy"
  /// "accuracy", "acc", "Accuracy"
  public static let identifiers = ["accuracy", "acc", "Accuracy"]

  /// "accuracy", or "acc" if it was asked for by that name: logs then say `val_acc`, as in Keras.
  public var name: String

  /// The metric, under a name for the logs.
  public init(name: String = "accuracy") { self.name = name }

  /// The metric a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    name = try Configuration(config, of: Accuracy.className).string("name", or: "accuracy")
  }

  /// The configuration in Keras' form.
  public var config: JSONObject { ["name": .string(name)] }

  /// Shapes that one of the three can compare.
  public func check(targetShape: [Int], outputShape: [Int]) throws(TrainerError) {
    try require(
      AccuracyResolution(targetShape: targetShape, outputShape: outputShape),
      targetShape: targetShape, outputShape: outputShape)
  }

  /// Counts the samples found.
  public func update(_ state: inout [Double], outputs: FloatTensor, targets: FloatTensor) {
    AccuracyResolution(
      targetShape: Array(targets.shape.dropFirst()), outputShape: Array(outputs.shape.dropFirst())
    ).update(&state, outputs: outputs, targets: targets)
  }
}
