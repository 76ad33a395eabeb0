import CCheckpointShims
public import Checkpoint

/// The mean over a sample's outputs of |output - target|.
///
/// Outputs (samples, …, n) and targets of that shape; for n = 1 also (samples). The gradient is 0 where they are equal. After
/// https://keras.io/api/losses/regression_losses.
public struct MeanAbsoluteError: Loss {
  /// "MeanAbsoluteError"
  public static let className = "MeanAbsoluteError"
  /// "mean_absolute_error"
  public static let identifier = "mean_absolute_error"
  /// "mae", "MAE"
  public static let aliases = ["mae", "MAE"]

  /// The loss.
  public init() {}

  /// The loss a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    try Configuration(config, of: MeanAbsoluteError.className).requireMeanReduction()
  }

  /// Nothing is configured.
  public var config: JSONObject { [:] }

  /// The loss of each sample.
  public func evaluate(
    outputs: FloatTensor, areLogits: Bool, targets: FloatTensor, wantsGradient: Bool
  ) -> LossValue {
    LossValue(
      outputs: outputs, targets: targets, wantsGradient: wantsGradient,
      kernel: ckpt_mean_absolute_error)
  }
}
