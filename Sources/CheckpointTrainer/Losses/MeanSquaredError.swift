import CCheckpointShims
public import Checkpoint

/// The mean over a sample's outputs of (output - target)².
///
/// Outputs (samples, …, n) and targets of that shape; for n = 1 also (samples). After
/// https://keras.io/api/losses/regression_losses.
public struct MeanSquaredError: Loss {
  /// "MeanSquaredError"
  public static let className = "MeanSquaredError"
  /// "mean_squared_error"
  public static let identifier = "mean_squared_error"
  /// "mse", "MSE"
  public static let aliases = ["mse", "MSE"]

  /// The loss.
  public init() {}

  /// The loss a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    try Configuration(config, of: MeanSquaredError.className).requireMeanReduction()
  }

  /// Nothing is configured.
  public var config: JSONObject { [:] }

  /// The loss of each sample.
  public func evaluate(
    outputs: FloatTensor, areLogits: Bool, targets: FloatTensor, wantsGradient: Bool
  ) -> LossValue {
    LossValue(
      outputs: outputs, targets: targets, wantsGradient: wantsGradient,
      kernel: ckpt_mean_squared_error)
  }
}
