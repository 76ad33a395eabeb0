extension Network {
  /// Values by names such as "dense/kernel", in the order of the layers and their variables.
  ///
  /// - Parameter alsoDifferent: what is known to be wrong already, by name.
  /// - Throws: `.weightsMismatch` if names or shapes are not those of the variables, listing all
  ///   differences.
  func arranged(
    _ values: [String: FloatTensor], alsoDifferent: [String: String] = [:]
  ) throws(TrainerError) -> [[FloatTensor]] {
    var weights = definitions.map { _ in [FloatTensor]() }
    var differences: [String] = []
    var unused = Set(values.keys).union(alsoDifferent.keys)
    for (name, layer, variable) in variableNames {
      let wanted = definitions[layer][variable].shape
      unused.remove(name)
      if let difference = alsoDifferent[name] {
        differences.append("\(name) \(difference)")
      } else if let value = values[name] {
        weights[layer].append(value)
        if value.shape != wanted {
          differences.append("\(name) has the shape \(value.shape), the model \(wanted)")
        }
      } else {
        differences.append("\(name) \(wanted) is missing")
      }
    }
    differences += unused.sorted().map { "\($0) is unknown to the model" }
    guard differences.isEmpty else {
      throw TrainerError(
        .weightsMismatch,
        "these are not the model's weights: " + differences.joined(separator: "; "))
    }
    return weights
  }
}
