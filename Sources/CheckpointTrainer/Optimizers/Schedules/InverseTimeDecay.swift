public import Checkpoint

/// initial rate / (1 + decayRate · step / decaySteps), smoothly or in stairs.
/// After https://keras.io/api/optimizers/learning_rate_schedules.
public struct InverseTimeDecay: LearningRateSchedule, Hashable {
  /// "InverseTimeDecay"
  public static let className = "InverseTimeDecay"

  /// The rate of the first step.
  public let initialLearningRate: Double
  /// How many steps add `decayRate` to the divisor.
  public let decaySteps: Int
  /// What is added to the divisor.
  public let decayRate: Double
  /// Whether the rate stays the same for `decaySteps` steps.
  public let staircase: Bool

  /// The schedule.
  ///
  /// - Precondition: `decaySteps` > 0.
  public init(
    initialLearningRate: Double, decaySteps: Int, decayRate: Double, staircase: Bool = false
  ) {
    precondition(decaySteps > 0, "\(decaySteps) steps of decay")
    self.initialLearningRate = initialLearningRate
    self.decaySteps = decaySteps
    self.decayRate = decayRate
    self.staircase = staircase
  }

  /// The schedule a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    let configuration = Configuration(config, of: InverseTimeDecay.className)
    initialLearningRate = try configuration.double("initial_learning_rate")
    decaySteps = try configuration.positiveSteps("decay_steps")
    decayRate = try configuration.double("decay_rate")
    staircase = try configuration.bool("staircase", or: false)
  }

  /// The configuration in Keras' form.
  public var config: JSONObject {
    [
      "initial_learning_rate": .number(initialLearningRate),
      "decay_steps": .int(Int64(decaySteps)),
      "decay_rate": .number(decayRate),
      "staircase": .bool(staircase),
      "name": "InverseTimeDecay",
    ]
  }

  /// The rate of the step that follows `step` steps.
  public func learningRate(at step: Int64) -> Float {
    var share = Double(step) / Double(decaySteps)
    if staircase { share = share.rounded(.down) }
    return Float(initialLearningRate / (1 + decayRate * share))
  }
}
