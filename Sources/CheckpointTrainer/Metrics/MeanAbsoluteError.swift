public import Checkpoint

/// The mean of |output - target|. After https://keras.io/api/metrics/regression_metrics.
public struct MeanAbsoluteError: Metric {
  /// "MeanAbsoluteError"
  public static let className = "MeanAbsoluteError"
  /// "mean_absolute_error", "mae"
  public static let identifiers = ["mean_absolute_error", "mae"]

  /// "mean_absolute_error", or "mae" if it was asked for by that name.
  public var name: String

  /// The metric, under a name for the logs.
  public init(name: String = "mean_absolute_error") { self.name = name }

  /// The metric a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    name = try Configuration(config, of: MeanAbsoluteError.className)
      .string("name", or: "mean_absolute_error")
  }

  /// The configuration in Keras' form.
  public var config: JSONObject { ["name": .string(name)] }

  /// Adds up each sample's mean.
  public func update(_ state: inout [Double], outputs: FloatTensor, targets: FloatTensor) {
    let sum = zip(outputs.elements, targets.elements).reduce(0.0) { $0 + Double(abs($1.0 - $1.1)) }
    state[0] += sum / Double(max(outputs.rowLength, 1))
    state[1] += Double(outputs.rowCount)
  }
}
