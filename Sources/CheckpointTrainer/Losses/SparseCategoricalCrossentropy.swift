public import Checkpoint

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// -log(output of the target's class), for targets that are the classes' numbers: shape (samples)
/// or (samples, 1), whole numbers from 0.
///
/// With a softmax layer at the end, computed from its logits. From probabilities as Keras does:
/// clipped to [1e-7, 1 - 1e-7], then taken as logarithms of weights. A target that is no class has
/// the loss NaN. After https://keras.io/api/losses/probabilistic_losses.
public struct SparseCategoricalCrossentropy: Loss {
  /// "SparseCategoricalCrossentropy"
  public static let className = "SparseCategoricalCrossentropy"
  /// "sparse_categorical_crossentropy"
  public static let identifier = "sparse_categorical_crossentropy"

  /// The loss.
  public init() {}

  /// The loss a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {}

  /// Nothing is configured.
  public var config: JSONObject { [:] }

  /// Softmax.
  public var fusedActivation: Activation? { .softmax }

  /// One number per sample.
  public func check(targetShape: [Int], outputShape: [Int]) throws(TrainerError) {
    guard targetShape.reduce(1, *) == 1 else {
      throw TrainerError(
        .shapeMismatch,
        "sparse_categorical_crossentropy: targets are numbers of classes, one per sample, but each "
          + "target has the shape \(targetShape); for one-hot targets use categorical_crossentropy")
    }
  }

  /// The loss of each sample.
  public func evaluate(
    outputs: FloatTensor, areLogits: Bool, targets: FloatTensor, wantsGradient: Bool
  ) -> LossValue {
    let (rows, columns) = outputs.lastAxisRows
    var oneHot = [Float](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      let target = targets.elements[row]
      if let label = Int(exactly: target), (0..<columns).contains(label) {
        oneHot[row * columns + label] = 1
      } else {
        for column in 0..<columns { oneHot[row * columns + column] = .nan }
      }
    }
    let rowsOfTargets = FloatTensor(oneHot, shape: outputs.shape)
    guard !areLogits else {
      return softmaxCrossentropy(
        logits: outputs, targets: rowsOfTargets, wantsGradient: wantsGradient)
    }
    let clip: Float = 1e-7
    let logits = outputs.elements.map { log(min(max($0, clip), 1 - clip)) }
    var value = softmaxCrossentropy(
      logits: FloatTensor(logits, shape: outputs.shape), targets: rowsOfTargets,
      wantsGradient: wantsGradient)
    value.gradient?.withUnsafeMutableElements { gradient in
      for index in gradient.indices {
        let p = outputs.elements[index]
        gradient[index] = p > clip && p < 1 - clip ? gradient[index] / p : 0
      }
    }
    return value
  }
}
