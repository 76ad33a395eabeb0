import CCheckpointShims
public import Checkpoint

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// -Σ target · log(output) over classes, for targets that are distributions such as one-hot rows.
///
/// With a softmax layer at the end, computed from its logits. From probabilities as Keras does:
/// divided by the row's sum, clipped to [1e-7, 1 - 1e-7], then the logarithm. After
/// https://keras.io/api/losses/probabilistic_losses.
public struct CategoricalCrossentropy: Loss {
  /// "CategoricalCrossentropy"
  public static let className = "CategoricalCrossentropy"
  /// "categorical_crossentropy"
  public static let identifier = "categorical_crossentropy"

  private static let clip: Float = 1e-7

  /// The loss.
  public init() {}

  /// The loss a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {}

  /// Nothing is configured.
  public var config: JSONObject { [:] }

  /// Softmax.
  public var fusedActivation: Activation? { .softmax }

  /// The loss of each sample.
  public func evaluate(
    outputs: FloatTensor, areLogits: Bool, targets: FloatTensor, wantsGradient: Bool
  ) -> LossValue {
    areLogits
      ? softmaxCrossentropy(logits: outputs, targets: targets, wantsGradient: wantsGradient)
      : fromProbabilities(outputs, targets: targets, wantsGradient: wantsGradient)
  }

  private func fromProbabilities(
    _ outputs: FloatTensor, targets: FloatTensor, wantsGradient: Bool
  ) -> LossValue {
    let (rows, columns) = outputs.lastAxisRows
    let clip = CategoricalCrossentropy.clip
    var losses: [Float] = []
    var gradient = [Float](repeating: 0, count: wantsGradient ? rows * columns : 0)
    for row in 0..<rows {
      let range = row * columns..<(row + 1) * columns
      let p = outputs.elements[range]
      let t = targets.elements[range]
      let sum = p.reduce(0, +)
      var loss: Float = 0
      // Σ t q' / q over the classes that clipping leaves free: the sum's part of the gradient.
      var through: Float = 0
      for (p, t) in zip(p, t) {
        let q = p / sum
        loss -= t * log(min(max(q, clip), 1 - clip))
        if q > clip, q < 1 - clip { through += t }
      }
      losses.append(loss)
      guard wantsGradient else { continue }
      for index in range {
        let q = outputs.elements[index] / sum
        let own = q > clip && q < 1 - clip ? targets.elements[index] / outputs.elements[index] : 0
        gradient[index] = (through / sum - own) / Float(rows)
      }
    }
    return LossValue(
      perSample: losses,
      gradient: wantsGradient ? FloatTensor(gradient, shape: outputs.shape) : nil)
  }
}

/// Cross-entropy of softmax(logits) with rows of targets; the gradient is that of the mean.
func softmaxCrossentropy(
  logits: FloatTensor, targets: FloatTensor, wantsGradient: Bool
) -> LossValue {
  let (rows, columns) = logits.lastAxisRows
  var losses = [Float](repeating: 0, count: rows)
  var gradient = [Float](repeating: 0, count: wantsGradient ? rows * columns : 0)
  gradient.withUnsafeMutableBufferPointer { gradient in
    ckpt_softmax_crossentropy(
      logits.elements, targets.elements, rows, columns, &losses,
      wantsGradient ? gradient.baseAddress : nil)
  }
  return LossValue(
    perSample: losses, gradient: wantsGradient ? FloatTensor(gradient, shape: logits.shape) : nil)
}
