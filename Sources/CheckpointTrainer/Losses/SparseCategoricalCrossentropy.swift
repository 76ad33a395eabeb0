import CCheckpointShims
public import Checkpoint

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// -log(output of the target's class), for targets that are the classes' numbers: whole numbers from
/// 0, of the shape (samples) or (samples, 1).
///
/// Outputs (samples, …, classes). Behind a softmax or sigmoid layer, and with `fromLogits`, computed
/// from logits as a softmax's. From probabilities as Keras does: clipped to [1e-7, 1 - 1e-7], then
/// taken as logarithms of weights. `fit` and `evaluate` refuse a target that is no class; by itself the
/// loss of one is NaN. After
/// https://keras.io/api/losses/probabilistic_losses.
public struct SparseCategoricalCrossentropy: Loss {
  /// "SparseCategoricalCrossentropy"
  public static let className = "SparseCategoricalCrossentropy"
  /// "sparse_categorical_crossentropy"
  public static let identifier = "sparse_categorical_crossentropy"

  private let options: CrossentropyOptions

  /// The loss.
  ///
  /// - Parameter fromLogits: whether outputs are logits whatever the last layer's activation is.
  public init(fromLogits: Bool = false) {
    options = CrossentropyOptions(fromLogits: fromLogits, labelSmoothing: 0)
  }

  /// The loss a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    var config = config
    config["label_smoothing"] = nil
    options = try CrossentropyOptions(config, of: SparseCategoricalCrossentropy.className)
  }

  /// Whether outputs are logits whatever the last layer's activation is.
  public var fromLogits: Bool { options.fromLogits }

  /// The configuration in Keras' form.
  public var config: JSONObject {
    options.config(name: SparseCategoricalCrossentropy.identifier, smooths: false)
  }

  /// Softmax, and as in Keras sigmoid.
  public func takesOver(_ activation: Activation) -> Bool {
    CrossentropyOptions.takeOver(activation)
  }

  /// One number for each row of classes.
  public func check(targetShape: [Int], outputShape: [Int]) throws(TrainerError) {
    let rows = Array(outputShape.dropLast())
    guard targetShape == rows || targetShape == rows + [1] else {
      throw TrainerError(
        .shapeMismatch,
        "sparse_categorical_crossentropy: targets are numbers of classes, of the shape \(rows) for "
          + "outputs of the shape \(outputShape), but each target has the shape \(targetShape); "
          + "for one-hot targets use categorical_crossentropy")
    }
  }

  /// Whole numbers from 0, less than there are classes.
  public func check(targets: FloatTensor, outputShape: [Int]) throws(TrainerError) {
    let classCount = outputShape.last ?? 1
    let length = max(targets.rowLength, 1)
    for (index, target) in targets.elements.enumerated() {
      guard let label = Int(exactly: target), (0..<classCount).contains(label) else {
        throw TrainerError(
          .invalidArgument,
          "sparse_categorical_crossentropy: the target \(target) of sample \(index / length) is no "
            + "class: there are \(classCount), numbered from 0")
      }
    }
  }

  /// The loss of each sample.
  public func evaluate(
    outputs: FloatTensor, areLogits: Bool, targets: FloatTensor, wantsGradient: Bool
  ) -> LossValue {
    let oneHot = oneHot(targets, like: outputs)
    guard !areLogits, !options.fromLogits else {
      return LossValue(
        outputs: outputs, targets: oneHot, wantsGradient: wantsGradient,
        kernel: ckpt_softmax_crossentropy)
    }
    let (least, most) = (CrossentropyOptions.clip, 1 - CrossentropyOptions.clip)
    // Written so that NaN is not taken for something clipped.
    let logits = outputs.elements.map { log($0 < least ? least : $0 > most ? most : $0) }
    var value = LossValue(
      outputs: FloatTensor(logits, shape: outputs.shape), targets: oneHot,
      wantsGradient: wantsGradient, kernel: ckpt_softmax_crossentropy)
    value.gradient?.withUnsafeMutableElements { gradient in
      for index in gradient.indices {
        let p = outputs.elements[index]
        gradient[index] = p < least || p > most ? 0 : gradient[index] / p
      }
    }
    return value
  }

  /// Rows with 1 at the target's class; rows of NaN for a target that is none.
  private func oneHot(_ targets: FloatTensor, like outputs: FloatTensor) -> FloatTensor {
    let (rows, columns) = outputs.lastAxisRows
    precondition(
      targets.elements.count == rows,
      "targets of shape \(targets.shape) for outputs of shape \(outputs.shape)")
    var oneHot = [Float](repeating: 0, count: rows * columns)
    for (row, target) in targets.elements.enumerated() {
      if let label = Int(exactly: target), (0..<columns).contains(label) {
        oneHot[row * columns + label] = 1
      } else {
        for column in 0..<columns { oneHot[row * columns + column] = .nan }
      }
    }
    return FloatTensor(oneHot, shape: outputs.shape)
  }
}
