/// What an optimizer knows of the steps it made.
struct OptimizerState: Sendable, Hashable {
  /// Steps made.
  var iteration: Int64
  /// The present learning rate, unless the optimizer has a schedule.
  var learningRate: Float
  /// For each layer, each of its variables and each slot name of the optimizer an array.
  var slots: [[[FloatTensor]]]

  /// The state before the first step.
  init(of optimizer: any Optimizer, variables: [[VariableDefinition]]) {
    iteration = 0
    learningRate = optimizer.learningRate
    slots = variables.map { layer in
      layer.map { variable in
        optimizer.slotNames.map { _ in FloatTensor(repeating: 0, shape: variable.shape) }
      }
    }
  }
}
