public import Checkpoint

/// A fully connected layer: `activation(inputs · kernel + bias)`.
///
/// Inputs (samples, …, n), kernel (n, units), bias (units), outputs (samples, …, units). After
/// https://keras.io/api/layers/core_layers/dense.
public struct Dense: Layer {
  /// "Dense"
  public static let className = "Dense"

  /// The layer's name.
  public var name: String
  /// How many outputs there are.
  public var units: Int
  /// What is applied to the outputs.
  public var activation: Activation
  /// Whether there is a bias.
  public var usesBias: Bool
  /// How the kernel's first values are drawn.
  public var kernelInitializer: Initializer
  /// How the bias's first values are drawn.
  public var biasInitializer: Initializer

  /// A fully connected layer.
  ///
  /// - Precondition: `units` > 0.
  public init(
    _ units: Int, activation: Activation = .linear, usesBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String = ""
  ) {
    precondition(units > 0, "a layer of \(units) units")
    self.units = units
    self.activation = activation
    self.usesBias = usesBias
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    self.name = name
  }

  /// The layer a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    let configuration = Configuration(config, of: Dense.className)
    units = try configuration.int("units")
    guard units > 0 else {
      throw TrainerError(.invalidConfiguration, "Dense: 'units' is \(units), but must be positive")
    }
    activation = try Activation(config: configuration["activation"])
    usesBias = try configuration.bool("use_bias", or: true)
    try configuration.requireTrainable()
    try configuration.requireNone(
      of: "kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint",
      "bias_constraint", "quantization_config", "lora_rank")
    kernelInitializer = try Initializer(config: config["kernel_initializer"], or: .glorotUniform)
    biasInitializer = try Initializer(config: config["bias_initializer"], or: .zeros)
    name = try configuration.string("name", or: "")
  }

  /// The configuration in Keras' form.
  public var config: JSONObject {
    [
      "name": .string(name), "trainable": true, "units": .int(Int64(units)),
      "activation": activation.serialized, "use_bias": .bool(usesBias),
      "kernel_initializer": kernelInitializer.serialized,
      "bias_initializer": biasInitializer.serialized,
    ]
  }

  /// `units` in place of the last axis.
  public func outputShape(for inputShape: [Int]) throws(TrainerError) -> [Int] {
    guard !inputShape.isEmpty else { throw shapeError("needs inputs of at least one axis") }
    return try addressable(inputShape.dropLast() + [units], from: inputShape)
  }

  /// The kernel, and the bias if there is one.
  public func variables(for inputShape: [Int]) -> [VariableDefinition] {
    let kernel = VariableDefinition(
      name: "kernel", shape: [inputShape.last ?? 1, units], initializer: kernelInitializer)
    let bias = VariableDefinition(name: "bias", shape: [units], initializer: biasInitializer)
    return usesBias ? [kernel, bias] : [kernel]
  }

  /// The layer's activation.
  public var outputActivation: Activation { activation }

  /// Computes outputs.
  public func forward(
    _ inputs: FloatTensor, variables: [FloatTensor], pass: inout ForwardPass
  ) -> FloatTensor {
    let (rows, columns) = inputs.lastAxisRows
    let matrix = inputs.reshaped(to: [rows, columns])
    var outputs = matrix.matrixProduct(variables[0])
    if usesBias { outputs.add(toEachRow: variables[1]) }
    let kept = pass.leavesOutActivation ? outputs : activation.applyKeeping(&outputs)
    if pass.isTraining {
      pass.saved.leftOutActivation = pass.leavesOutActivation
      pass.saved.tensors = [matrix, kept]
    }
    return outputs.reshaped(to: inputs.shape.dropLast() + [units])
  }

  /// Computes the gradients.
  public func backward(
    _ gradient: FloatTensor, variables: [FloatTensor], saved: ForwardPass.Saved,
    wantsInputGradient: Bool
  ) -> LayerGradients {
    let inputs = saved.tensors[0]
    let kept = saved.tensors[1]
    var inner = gradient.reshaped(to: kept.shape)
    if !saved.leftOutActivation { activation.applyGradient(kept: kept, to: &inner) }
    var gradients = LayerGradients(inputs: nil, variables: [inputs.transposedMatrixProduct(inner)])
    if usesBias { gradients.variables.append(inner.columnSums) }
    if wantsInputGradient {
      gradients.inputs = inner.matrixProduct(transposing: variables[0])
        .reshaped(to: gradient.shape.dropLast() + [inputs.shape[1]])
    }
    return gradients
  }
}
