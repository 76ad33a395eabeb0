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
    var differences: [String] = []
    for name in checkpoint.tensors.keys.sorted() where name.hasPrefix("model/") {
      guard let tensor = checkpoint.tensors[name] else { continue }
      let variable = String(name.dropFirst("model/".count))
      do {
        values[variable] = FloatTensor(try tensor.elements(as: Float.self), shape: tensor.shape)
      } catch {
        differences.append("\(variable) is \(tensor.dtype), not f32")
      }
    }
    try setWeights(values, alsoDifferent: differences)
  }

  /// Sets all weights by name, such as "dense/kernel".
  ///
  /// - Throws: `.weightsMismatch` if names or shapes are not those of the model, listing all
  ///   differences; nothing is changed then.
  public func setWeights(_ values: [String: FloatTensor]) throws(TrainerError) {
    try setWeights(values, alsoDifferent: [])
  }

  private func setWeights(
    _ values: [String: FloatTensor], alsoDifferent: [String]
  ) throws(TrainerError) {
    guard var network else {
      throw TrainerError(
        .weightsMismatch, "the model has no weights yet: give it an inputShape, or call build")
    }
    var differences = alsoDifferent
    var unused = Set(values.keys)
    for (name, layer, variable) in network.variableNames {
      let wanted = network.definitions[layer][variable].shape
      guard let value = values[name] else {
        if !alsoDifferent.contains(where: { $0.hasPrefix(name + " is ") }) {
          differences.append("\(name) \(wanted) is missing")
        }
        continue
      }
      unused.remove(name)
      if value.shape == wanted {
        network.weights[layer][variable] = value
      } else {
        differences.append("\(name) has the shape \(value.shape), the model \(wanted)")
      }
    }
    differences += unused.sorted().map { "\($0) is unknown to the model" }
    guard differences.isEmpty else {
      throw TrainerError(
        .weightsMismatch,
        "these are not the model's weights: " + differences.joined(separator: "; "))
    }
    self.network = network
  }
}
