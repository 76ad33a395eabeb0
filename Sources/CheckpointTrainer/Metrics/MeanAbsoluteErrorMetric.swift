public import Checkpoint

/// The mean of |output - target|. After https://keras.io/api/metrics/regression_metrics.
public struct MeanAbsoluteErrorMetric: Metric {
  /// "MeanAbsoluteError"
  public static let className = "MeanAbsoluteError"
  /// "mean_absolute_error", "mae", "MAE", "MeanAbsoluteError"
  public static let identifiers = ["mean_absolute_error", "mae", "MAE", "MeanAbsoluteError"]

  /// The name in logs: that by which it was asked for.
  public var name: String

  /// The metric, under a name for the logs.
  public init(name: String = "mean_absolute_error") { self.name = name }

  /// The metric a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    name = try Configuration(config, of: MeanAbsoluteErrorMetric.className)
      .string("name", or: "mean_absolute_error")
  }

  /// The configuration in Keras' form.
  public var config: JSONObject { ["name": .string(name)] }

  /// A target for each output.
  public func check(targetShape: [Int], outputShape: [Int]) throws(TrainerError) {
    try requireEqual(targetShape, outputShape)
  }

  /// Adds up each sample's mean.
  public func update(_ state: inout [Double], outputs: FloatTensor, targets: FloatTensor) {
    let (rows, columns) = outputs.lastAxisRows
    let sum = zip(outputs.elements, targets.elements).reduce(0.0) { sum, pair in
      let difference = pair.0 - pair.1
      return sum + Double(abs(difference))
    }
    state[0] += sum / Double(max(columns, 1))
    state[1] += Double(rows)
  }
}
