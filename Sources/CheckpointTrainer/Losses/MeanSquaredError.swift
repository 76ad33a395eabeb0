public import Checkpoint

/// The mean over a sample's outputs of (output - target)². After
/// https://keras.io/api/losses/regression_losses.
public struct MeanSquaredError: Loss {
  /// "MeanSquaredError"
  public static let className = "MeanSquaredError"
  /// "mean_squared_error"
  public static let identifier = "mean_squared_error"

  /// The loss.
  public init() {}

  /// The loss a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {}

  /// Nothing is configured.
  public var config: JSONObject { [:] }

  /// The loss of each sample.
  public func evaluate(
    outputs: FloatTensor, areLogits: Bool, targets: FloatTensor, wantsGradient: Bool
  ) -> LossValue {
    let (rows, columns) = (outputs.rowCount, outputs.rowLength)
    let differences = zip(outputs.elements, targets.elements).map { $0 - $1 }
    let losses = (0..<rows).map { row in
      differences[row * columns..<(row + 1) * columns].reduce(0) { $0 + $1 * $1 } / Float(columns)
    }
    let scale = 2 / Float(rows * columns)
    return LossValue(
      perSample: losses,
      gradient: wantsGradient
        ? FloatTensor(differences.map { $0 * scale }, shape: outputs.shape) : nil)
  }
}
