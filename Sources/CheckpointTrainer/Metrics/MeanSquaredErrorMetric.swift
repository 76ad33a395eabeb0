public import Checkpoint

/// The mean of (output - target)². After https://keras.io/api/metrics/regression_metrics.
public struct MeanSquaredErrorMetric: Metric {
  /// "MeanSquaredError"
  public static let className = "MeanSquaredError"
  /// "mean_squared_error", "mse", "MSE", "MeanSquaredError"
  public static let identifiers = ["mean_squared_error", "mse", "MSE", "MeanSquaredError"]

  /// The name in logs: that by which it was asked for.
  public var name: String

  /// The metric, under a name for the logs.
  public init(name: String = "mean_squared_error") { self.name = name }

  /// The metric a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    name = try Configuration(config, of: MeanSquaredErrorMetric.className)
      .string("name", or: "mean_squared_error")
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
      return sum + Double(difference * difference)
    }
    state[0] += sum / Double(max(columns, 1))
    state[1] += Double(rows)
  }
}
