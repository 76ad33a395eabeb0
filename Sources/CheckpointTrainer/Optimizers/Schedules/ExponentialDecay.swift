public import Checkpoint

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// initial rate · decayRate ^ (step / decaySteps), smoothly or in stairs.
/// After https://keras.io/api/optimizers/learning_rate_schedules.
public struct ExponentialDecay: LearningRateSchedule, Hashable {
  /// "ExponentialDecay"
  public static let className = "ExponentialDecay"

  /// The rate of the first step.
  public let initialLearningRate: Double
  /// How many steps multiply the rate by `decayRate`.
  public let decaySteps: Int
  /// What the rate is multiplied by.
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
    let configuration = Configuration(config, of: ExponentialDecay.className)
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
      "name": "ExponentialDecay",
    ]
  }

  /// The rate of the step that follows `step` steps.
  public func learningRate(at step: Int64) -> Float {
    var share = Double(step) / Double(decaySteps)
    if staircase { share = share.rounded(.down) }
    return Float(initialLearningRate * pow(decayRate, share))
  }
}
