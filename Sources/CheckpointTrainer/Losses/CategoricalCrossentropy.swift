import CCheckpointShims
public import Checkpoint

/// -Σ target · log(output) over classes, for targets that are distributions such as one-hot rows.
///
/// Outputs and targets (samples, …, classes). Behind a softmax or sigmoid layer, and with
/// `fromLogits`, computed from logits as a softmax's. From probabilities as Keras does: divided by the
/// row's sum, clipped to [1e-7, 1 - 1e-7], then the logarithm. After
/// https://keras.io/api/losses/probabilistic_losses.
public struct CategoricalCrossentropy: Loss {
  /// "CategoricalCrossentropy"
  public static let className = "CategoricalCrossentropy"
  /// "categorical_crossentropy"
  public static let identifier = "categorical_crossentropy"

  private let options: CrossentropyOptions

  /// The loss.
  ///
  /// - Parameters:
  ///   - fromLogits: whether outputs are logits whatever the last layer's activation is.
  ///   - labelSmoothing: the share of each target, from 0 to 1, that is spread over all classes.
  /// - Precondition: `labelSmoothing` is in that range.
  public init(fromLogits: Bool = false, labelSmoothing: Float = 0) {
    options = CrossentropyOptions(fromLogits: fromLogits, labelSmoothing: labelSmoothing)
  }

  /// The loss a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    options = try CrossentropyOptions(config, of: CategoricalCrossentropy.className)
  }

  /// Whether outputs are logits whatever the last layer's activation is.
  public var fromLogits: Bool { options.fromLogits }
  /// The share of each target that is spread over all classes.
  public var labelSmoothing: Float { options.labelSmoothing }

  /// The configuration in Keras' form.
  public var config: JSONObject { options.config(name: CategoricalCrossentropy.identifier) }

  /// Softmax, and as in Keras sigmoid.
  public func takesOver(_ activation: Activation) -> Bool {
    CrossentropyOptions.takeOver(activation)
  }

  /// Shapes must be equal.
  public func check(targetShape: [Int], outputShape: [Int]) throws(TrainerError) {
    guard targetShape != outputShape else { return }
    try requireEqual(
      targetShape, outputShape,
      orElse: "; for targets that are numbers of classes use sparse_categorical_crossentropy, or "
        + "toCategorical")
  }

  /// The loss of each sample.
  public func evaluate(
    outputs: FloatTensor, areLogits: Bool, targets: FloatTensor, wantsGradient: Bool
  ) -> LossValue {
    let targets = options.smoothed(targets)
    return LossValue(outputs: outputs, targets: targets, wantsGradient: wantsGradient) {
      areLogits || options.fromLogits
        ? ckpt_softmax_crossentropy($0, $1, $2, $3, $4, $5)
        : ckpt_categorical_crossentropy($0, $1, $2, $3, CrossentropyOptions.clip, $4, $5)
    }
  }
}
