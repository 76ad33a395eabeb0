public import Checkpoint

/// What training makes small. Names are those of https://keras.io/api/losses.
public protocol Loss: Sendable {
  /// The class name in configurations: "CategoricalCrossentropy".
  static var className: String { get }

  /// The name by which `compile` knows it: "categorical_crossentropy".
  static var identifier: String { get }

  /// Other names by which `compile` knows it: "mse".
  static var aliases: [String] { get }

  /// The configuration in Keras' form; empty if everything has its default.
  var config: JSONObject { get }

  /// The loss a configuration describes. Missing keys have Keras' defaults.
  ///
  /// - Throws: `.invalidConfiguration`.
  init(config: JSONObject) throws(TrainerError)

  /// Whether the loss, behind a last layer with this activation, takes over the activation to compute
  /// from its inputs (logits) exactly.
  func takesOver(_ activation: Activation) -> Bool

  /// Checks that targets fit outputs; shapes without the first axis, which counts samples.
  ///
  /// - Throws: `.shapeMismatch`.
  func check(targetShape: [Int], outputShape: [Int]) throws(TrainerError)

  /// Checks the targets of all samples, whose shapes fit: one pass over them, before training.
  ///
  /// - Throws: `.invalidArgument` for a value that no target can have.
  func check(targets: FloatTensor, outputShape: [Int]) throws(TrainerError)

  /// The loss of each sample, and if wanted the gradient of their mean with respect to `outputs`.
  ///
  /// - Parameter areLogits: whether `outputs` are the inputs of an activation that was taken over.
  /// - Precondition: shapes fit, as `check` tells.
  func evaluate(
    outputs: FloatTensor, areLogits: Bool, targets: FloatTensor, wantsGradient: Bool
  ) -> LossValue
}

extension Loss {
  /// Most losses have none.
  public static var aliases: [String] { [] }

  /// Most losses take over none.
  public func takesOver(_ activation: Activation) -> Bool { false }

  /// Most losses compare element by element.
  public func check(targetShape: [Int], outputShape: [Int]) throws(TrainerError) {
    try requireEqual(targetShape, outputShape, orElse: "")
  }

  /// Most losses take any numbers.
  public func check(targets: FloatTensor, outputShape: [Int]) throws(TrainerError) {}

  /// Checks that shapes are equal, but for a last axis of length 1 that one of them may lack.
  func requireEqual(
    _ targetShape: [Int], _ outputShape: [Int], orElse hint: String
  ) throws(TrainerError) {
    guard
      targetShape == outputShape || targetShape + [1] == outputShape
        || outputShape + [1] == targetShape
    else {
      throw TrainerError(
        .shapeMismatch,
        "\(Self.identifier): each target has the shape \(targetShape), each output \(outputShape)"
          + hint)
    }
  }

  /// How `compile_config` names the loss: by its identifier if nothing is configured.
  package var serialized: JSONValue {
    if config.count == 0 { return .string(Self.identifier) }
    return [
      "module": "keras.losses", "class_name": .string(Self.className), "config": .object(config),
      "registered_name": nil,
    ]
  }
}
