/// The layers of a model with their variables and generators: what computes.
struct Network: Sendable {
  let layers: [any Layer]
  /// The shape of one sample.
  let inputShape: [Int]
  /// The shape of one sample's output.
  let outputShape: [Int]
  /// For each layer what its variables are.
  let definitions: [[VariableDefinition]]
  /// For each layer the values of its variables.
  var weights: [[FloatTensor]]
  /// For each layer its generator, used or not.
  var generators: [RandomGenerator]

  /// Builds the layers for inputs of a shape; every variable has a generator of its own, which
  /// follows from the seed and its name.
  ///
  /// - Throws: `.shapeMismatch` if layers don't fit, or a variable is beyond any memory.
  init(layers: [any Layer], inputShape: [Int], seed: UInt64) throws(TrainerError) {
    try self.init(unfilled: layers, inputShape: inputShape, seed: seed)
    for (layer, variables) in zip(layers, definitions) {
      for variable in variables where !variable.isAddressable {
        throw TrainerError(
          .shapeMismatch,
          "\(layer.name)/\(variable.name) of the shape \(variable.shape) would have more elements "
            + "than a variable can have (\(VariableDefinition.mostElements))")
      }
    }
    weights = zip(layers, definitions).map { layer, variables in
      variables.map { variable in
        var generator = RandomGenerator(seed: seed, name: "model/\(layer.name)/\(variable.name)")
        return variable.initializer.values(shape: variable.shape, using: &generator)
      }
    }
  }

  /// Builds the layers around given weights, by names such as "dense/kernel".
  ///
  /// - Throws: `.shapeMismatch`; `.weightsMismatch` if names or shapes differ, listing all
  ///   differences. Nothing is allocated that the given weights don't fill.
  init(
    layers: [any Layer], inputShape: [Int], seed: UInt64, weights values: [String: FloatTensor]
  ) throws(TrainerError) {
    try self.init(unfilled: layers, inputShape: inputShape, seed: seed)
    weights = try arranged(values)
  }

  /// Works out all shapes, and leaves the weights to be filled in.
  private init(
    unfilled layers: [any Layer], inputShape: [Int], seed: UInt64
  ) throws(TrainerError) {
    var shape = inputShape
    var definitions: [[VariableDefinition]] = []
    for layer in layers {
      let outputShape = try layer.outputShape(for: shape)
      definitions.append(layer.variables(for: shape))
      shape = outputShape
    }
    self.layers = layers
    self.inputShape = inputShape
    self.outputShape = shape
    self.definitions = definitions
    weights = []
    generators = layers.map { RandomGenerator(seed: seed, name: "random/model/\($0.name)") }
  }

  /// The names of all variables with their places, in order: "dense/kernel".
  var variableNames: [(name: String, layer: Int, variable: Int)] {
    definitions.indices.flatMap { layer in
      definitions[layer].indices.map { variable in
        ("\(layers[layer].name)/\(definitions[layer][variable].name)", layer, variable)
      }
    }
  }

  /// The last layer that does something, whose activation a loss may take over.
  func lastActiveLayer(isTraining: Bool) -> Int? {
    layers.lastIndex { !$0.passesInputsOn(isTraining: isTraining) }
  }

  /// Computes outputs, in training with what `backward` needs.
  ///
  /// - Parameter fused: the layer whose activation is left out.
  mutating func forward(
    _ inputs: FloatTensor, isTraining: Bool, leavesOutActivationOf fused: Int?
  ) -> (outputs: FloatTensor, saved: [ForwardPass.Saved]) {
    var tensor = inputs
    var saved: [ForwardPass.Saved] = []
    for index in layers.indices {
      var pass = ForwardPass(
        isTraining: isTraining,
        leavesOutActivation: index == fused,
        generator: generators[index])
      tensor = layers[index].forward(tensor, variables: weights[index], pass: &pass)
      guard isTraining else { continue }
      generators[index] = pass.generator
      saved.append(pass.saved)
    }
    return (tensor, saved)
  }

  /// The gradients with respect to all variables, from the one with respect to the outputs.
  func backward(_ gradient: FloatTensor, saved: [ForwardPass.Saved]) -> [[FloatTensor]] {
    var gradients = [[FloatTensor]](repeating: [], count: layers.count)
    var gradient: FloatTensor? = gradient
    // Layers before the first one with variables have nothing to learn.
    let first = definitions.firstIndex { !$0.isEmpty } ?? layers.count
    for index in layers.indices.reversed() where index >= first {
      guard let outputs = gradient else { break }
      let step = layers[index].backward(
        outputs, variables: weights[index], saved: saved[index], wantsInputGradient: index > first)
      gradients[index] = step.variables
      gradient = step.inputs
    }
    return gradients
  }
}
