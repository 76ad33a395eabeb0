public import Checkpoint

/// What training makes small. Names are those of https://keras.io/api/losses.
public protocol Loss: Sendable {
  /// The class name in configurations: "CategoricalCrossentropy".
  static var className: String { get }

  /// The name by which `compile` knows it: "categorical_crossentropy".
  static var identifier: String { get }

  /// The configuration in Keras' form, without the name.
  var config: JSONObject { get }

  /// The loss a configuration describes.
  init(config: JSONObject) throws(TrainerError)

  /// The activation that the loss takes over from the last layer, to compute from its inputs
  /// (logits) exactly; nil if it takes over none.
  var fusedActivation: Activation? { get }

  /// Checks that targets fit outputs; shapes without the first axis, which counts samples.
  ///
  /// - Throws: `.shapeMismatch`.
  func check(targetShape: [Int], outputShape: [Int]) throws(TrainerError)

  /// The loss of each sample, and if wanted the gradient of their mean with respect to `outputs`.
  ///
  /// - Parameter areLogits: whether `outputs` are the inputs of `fusedActivation`.
  func evaluate(
    outputs: FloatTensor, areLogits: Bool, targets: FloatTensor, wantsGradient: Bool
  ) -> LossValue
}

extension Loss {
  /// Most losses take over none.
  public var fusedActivation: Activation? { nil }

  /// Most losses compare element by element.
  public func check(targetShape: [Int], outputShape: [Int]) throws(TrainerError) {
    guard targetShape == outputShape else {
      throw TrainerError(
        .shapeMismatch,
        "\(Self.identifier): each target has the shape \(targetShape), each output \(outputShape)")
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

/// A batch's losses and their gradient.
public struct LossValue: Sendable {
  /// The loss of each sample.
  public var perSample: [Float]
  /// The gradient of the mean with respect to the outputs; nil if it wasn't wanted.
  public var gradient: FloatTensor?

  /// A batch's losses.
  public init(perSample: [Float], gradient: FloatTensor?) {
    self.perSample = perSample
    self.gradient = gradient
  }

  /// The sum over the samples, in their order.
  public var sum: Double { perSample.reduce(0) { $0 + Double($1) } }
}
