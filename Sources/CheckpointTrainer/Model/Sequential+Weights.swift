public import Checkpoint

extension Sequential {
  /// The variables by name, such as "dense/kernel", in Keras' order. Empty until the model is built.
  public var weights: [(name: String, value: FloatTensor)] {
    guard let network else { return [] }
    return network.variableNames.map { ($0.name, network.weights[$0.layer][$0.variable]) }
  }

  /// Takes the weights of a checkpoint: its tensors `model/<layer>/<variable>`. Optimizer, history
  /// and position stay as they are.
  ///
  /// - Throws: `.weightsMismatch` if names, dtypes or shapes are not those of the model, listing all
  ///   differences; nothing is changed then.
  public func loadWeights(from checkpoint: Checkpoint) throws(TrainerError) {
    var values: [String: FloatTensor] = [:]
    var differences: [String: String] = [:]
    for (name, tensor) in checkpoint.tensors where name.hasPrefix("model/") {
      let variable = String(name.dropFirst("model/".count))
      do {
        values[variable] = FloatTensor(try tensor.elements(as: Float.self), shape: tensor.shape)
      } catch {
        differences[variable] = "is \(tensor.dtype), not f32"
      }
    }
    try setWeights(values, alsoDifferent: differences)
  }

  /// Sets all weights by name, such as "dense/kernel".
  ///
  /// - Throws: `.weightsMismatch` if names or shapes are not those of the model, listing all
  ///   differences; nothing is changed then.
  public func setWeights(_ values: [String: FloatTensor]) throws(TrainerError) {
    try setWeights(values, alsoDifferent: [:])
  }

  private func setWeights(
    _ values: [String: FloatTensor], alsoDifferent: [String: String]
  ) throws(TrainerError) {
    guard let weights = try network?.arranged(values, alsoDifferent: alsoDifferent) else {
      throw TrainerError(
        .weightsMismatch, "the model has no weights yet: give it an inputShape, or call build")
    }
    network?.weights = weights
  }
}
