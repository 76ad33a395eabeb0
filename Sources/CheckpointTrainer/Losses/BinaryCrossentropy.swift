import CCheckpointShims
public import Checkpoint

/// The mean over a sample's outputs of -(target · log(output) + (1 - target) · log(1 - output)), for
/// targets from 0 to 1.
///
/// Outputs (samples, …, n) and targets of that shape; for n = 1 also (samples). Behind a sigmoid or
/// softmax layer, and with `fromLogits`, computed from logits as a sigmoid's. Probabilities are clipped
/// to [1e-7, 1 - 1e-7]. After https://keras.io/api/losses/probabilistic_losses.
public struct BinaryCrossentropy: Loss {
  /// "BinaryCrossentropy"
  public static let className = "BinaryCrossentropy"
  /// "binary_crossentropy"
  public static let identifier = "binary_crossentropy"
  /// "bce", "BCE"
  public static let aliases = ["bce", "BCE"]

  private let options: CrossentropyOptions

  /// The loss.
  ///
  /// - Parameters:
  ///   - fromLogits: whether outputs are logits whatever the last layer's activation is.
  ///   - labelSmoothing: how far, from 0 to 1, each target is moved towards 0.5.
  /// - Precondition: `labelSmoothing` is in that range.
  public init(fromLogits: Bool = false, labelSmoothing: Float = 0) {
    options = CrossentropyOptions(fromLogits: fromLogits, labelSmoothing: labelSmoothing)
  }

  /// The loss a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    options = try CrossentropyOptions(config, of: BinaryCrossentropy.className)
  }

  /// Whether outputs are logits whatever the last layer's activation is.
  public var fromLogits: Bool { options.fromLogits }
  /// How far each target is moved towards 0.5.
  public var labelSmoothing: Float { options.labelSmoothing }

  /// The configuration in Keras' form.
  public var config: JSONObject { options.config(name: BinaryCrossentropy.identifier) }

  /// Sigmoid, and as in Keras softmax.
  public func takesOver(_ activation: Activation) -> Bool {
    CrossentropyOptions.takeOver(activation)
  }

  /// One target for each output.
  public func check(targetShape: [Int], outputShape: [Int]) throws(TrainerError) {
    try requireEqual(
      targetShape, outputShape,
      orElse: "; it wants a target from 0 to 1 for each output: for numbers of classes use "
        + "sparse_categorical_crossentropy")
  }

  /// The loss of each sample.
  public func evaluate(
    outputs: FloatTensor, areLogits: Bool, targets: FloatTensor, wantsGradient: Bool
  ) -> LossValue {
    let smoothing = options.labelSmoothing
    return LossValue(outputs: outputs, targets: targets, wantsGradient: wantsGradient) {
      areLogits || options.fromLogits
        ? ckpt_sigmoid_crossentropy($0, $1, $2, $3, smoothing, $4, $5)
        : ckpt_binary_crossentropy($0, $1, $2, $3, smoothing, CrossentropyOptions.clip, $4, $5)
    }
  }
}
