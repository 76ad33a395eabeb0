import Checkpoint

extension Optimizer {
  /// The rate of the step after `iteration` steps: the schedule's, if there is one.
  func learningRate(at iteration: Int64, set rate: Float) -> Float {
    schedule?.learningRate(at: iteration) ?? rate
  }

  /// The rate as a configuration has it: a number or a schedule.
  var serializedLearningRate: JSONValue { schedule?.serialized ?? .float(learningRate) }

  /// The names of all that the optimizer keeps for variables of these names, in the order in which
  /// Keras lists an optimizer's variables.
  func variableNames(for variables: [String]) -> [String] {
    ["iteration"] + (schedule == nil ? ["learning_rate"] : [])
      + slotGroups.flatMap { group in
        variables.flatMap { variable in group.map { "\(variable)/\($0)" } }
      }
  }
}

extension Configuration {
  /// The rate that training starts with and the schedule it comes from, if it does.
  ///
  /// - Throws: `.invalidConfiguration`, `.unknownClass`.
  func learningRate(
    or fallback: Float, classes: ClassRegistry
  ) throws(TrainerError) -> (Float, (any LearningRateSchedule)?) {
    guard let serialized = self["learning_rate"], serialized.objectValue != nil else {
      return (try float("learning_rate", or: fallback), nil)
    }
    let schedule = try classes.schedule(serialized)
    return (schedule.learningRate(at: 0), schedule)
  }

  /// Refuses what Keras' optimizers can be asked for beside the step itself, and ours can't: to train
  /// without it would be another training.
  ///
  /// - Throws: `.invalidConfiguration`.
  func requirePlainOptimizer() throws(TrainerError) {
    for key in [
      "weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "loss_scale_factor",
      "gradient_accumulation_steps",
    ] { try require(key, isOneOf: []) }
    try require("use_ema", isOneOf: [false])
  }
}
