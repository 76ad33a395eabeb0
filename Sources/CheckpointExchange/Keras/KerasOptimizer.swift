internal import Checkpoint

/// What an optimizer of Keras keeps, in the order in which it is written.
struct KerasOptimizer {
  /// Whether the learning rate is a variable, not a schedule's.
  let hasLearningRate: Bool
  /// Group after group, in each group variable after variable, of each its slots.
  let slotGroups: [[String]]

  /// The optimizer of a name or of `{"class_name": …, "config": {…}}`; nil if it isn't known.
  init?(_ json: JSONValue) {
    guard let name = json.stringValue ?? json["class_name"]?.stringValue else { return nil }
    let config = json["config"]
    hasLearningRate = config?["learning_rate"]?.objectValue == nil
    let momentum = config?["momentum"]?.numberValue ?? 0
    // An average of the weights would be among the variables.
    guard config?["use_ema"] != true else { return nil }
    switch name.lowercased() {
    case "sgd": slotGroups = momentum == 0 ? [] : [["momentum"]]
    case "rmsprop":
      slotGroups =
        [["velocity"]] + (momentum > 0 ? [["momentum"]] : [])
        + (config?["centered"] == true ? [["average_gradient"]] : [])
    case "adam":
      slotGroups =
        [["momentum", "velocity"]] + (config?["amsgrad"] == true ? [["velocity_hat"]] : [])
    default: return nil
    }
  }

  /// The names of all that is kept for variables of these names.
  func variableNames(for variables: [String]) -> [String] {
    ["iteration"] + (hasLearningRate ? ["learning_rate"] : [])
      + slotGroups.flatMap { group in
        variables.flatMap { variable in group.map { "\(variable)/\($0)" } }
      }
  }
}
