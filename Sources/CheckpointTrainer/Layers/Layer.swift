public import Checkpoint

/// One step of a model: a pure description, whose variables and random generator the model keeps.
///
/// That the state lives outside makes layers values that can be copied, sent and written down, and
/// makes a checkpoint of a model a copy of its arrays. Shapes here leave out the first axis, which
/// counts samples.
public protocol Layer: Sendable {
  /// The class name in configurations, as in Keras: "Dense".
  static var className: String { get }

  /// The name by which variables are stored; unique in a model. Empty until the model assigns
  /// one after the class: "dense", "dense_1" …
  var name: String { get set }

  /// The configuration in Keras' form; `init(config:)` is its inverse.
  var config: JSONObject { get }

  /// The layer a configuration describes. Missing keys have Keras' defaults.
  ///
  /// - Throws: `.invalidConfiguration`, `.unknownClass`.
  init(config: JSONObject) throws(TrainerError)

  /// The shape of the output for an input.
  ///
  /// - Throws: `.shapeMismatch` if the layer can't take such an input.
  func outputShape(for inputShape: [Int]) throws(TrainerError) -> [Int]

  /// What the layer learns, in Keras' order.
  func variables(for inputShape: [Int]) -> [VariableDefinition]

  /// Whether the layer draws random numbers in training. The model keeps the generator, and the
  /// checkpoint its state.
  var drawsRandomNumbers: Bool { get }

  /// The activation at the layer's end, which a loss may take over (see
  /// `ForwardPass.leavesOutActivation`).
  var outputActivation: Activation { get }

  /// Whether the outputs are the inputs, untouched. As in Keras a loss takes over an activation that has
  /// nothing but such layers behind it.
  func passesInputsOn(isTraining: Bool) -> Bool

  /// Computes outputs, and in training saves what `backward` will need.
  func forward(
    _ inputs: FloatTensor, variables: [FloatTensor], pass: inout ForwardPass
  ) -> FloatTensor

  /// Computes the loss's gradients from the one with respect to this layer's outputs.
  ///
  /// - Parameters:
  ///   - saved: what `forward` saved.
  ///   - wantsInputGradient: false for the first layer, whose inputs are data.
  func backward(
    _ gradient: FloatTensor, variables: [FloatTensor], saved: ForwardPass.Saved,
    wantsInputGradient: Bool
  ) -> LayerGradients
}

extension Layer {
  /// Most layers learn nothing.
  public func variables(for inputShape: [Int]) -> [VariableDefinition] { [] }

  /// Most layers don't.
  public var drawsRandomNumbers: Bool { false }

  /// Most layers have none.
  public var outputActivation: Activation { .linear }

  /// Most layers do something.
  public func passesInputsOn(isTraining: Bool) -> Bool { false }
}

/// A variable to be made: what its name, shape and first values are.
public struct VariableDefinition: Sendable, Hashable {
  /// The name within the layer: "kernel".
  public var name: String
  /// Its shape.
  public var shape: [Int]
  /// How its first values are drawn.
  public var initializer: Initializer

  /// A variable to be made.
  public init(name: String, shape: [Int], initializer: Initializer) {
    self.name = name
    self.shape = shape
    self.initializer = initializer
  }

  /// A configuration can ask for any shape; memory is asked for up to here: 8 GiB.
  static let mostElements = Int(Int32.max)

  /// Whether it is within this limit.
  var isAddressable: Bool {
    FloatTensor.elementCount(of: shape).map { $0 <= VariableDefinition.mostElements } ?? false
  }
}

/// The circumstances of a layer's forward step.
public struct ForwardPass: Sendable {
  /// What `forward` keeps for `backward`.
  public struct Saved: Sendable {
    /// Arrays in an order of the layer's own choice.
    public var tensors: [FloatTensor] = []
    /// Whether the activation was left out.
    public var leftOutActivation = false

    /// Nothing saved yet.
    public init() {}
  }

  /// Whether this is a step of training: dropout drops, and `saved` must be filled.
  public var isTraining: Bool
  /// Whether the layer must return its outputs before the activation: losses that compute from
  /// logits are exact where the two steps together would underflow.
  public var leavesOutActivation: Bool
  /// The layer's own generator.
  public var generator: RandomGenerator
  /// Kept until `backward`.
  public var saved = Saved()

  /// A pass.
  public init(isTraining: Bool, leavesOutActivation: Bool, generator: RandomGenerator) {
    self.isTraining = isTraining
    self.leavesOutActivation = leavesOutActivation
    self.generator = generator
  }
}

/// The gradients of the loss that a layer computes.
public struct LayerGradients: Sendable {
  /// With respect to the inputs; nil if it wasn't wanted.
  public var inputs: FloatTensor?
  /// With respect to the variables, in their order.
  public var variables: [FloatTensor]

  /// A layer's gradients.
  public init(inputs: FloatTensor?, variables: [FloatTensor] = []) {
    self.inputs = inputs
    self.variables = variables
  }
}
