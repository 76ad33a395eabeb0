public import Checkpoint

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Down half a cosine wave, after a straight way up if wanted.
/// After https://keras.io/api/optimizers/learning_rate_schedules.
public struct CosineDecay: LearningRateSchedule, Hashable {
  /// "CosineDecay"
  public static let className = "CosineDecay"

  /// The rate of the first step.
  public let initialLearningRate: Double
  /// How many steps the way down takes.
  public let decaySteps: Int
  /// The share of the highest rate that stays in the end.
  public let alpha: Double
  /// The rate that the way up leads to; nil for no way up.
  public let warmupTarget: Double?
  /// How many steps the way up takes.
  public let warmupSteps: Int

  /// The schedule.
  ///
  /// - Precondition: `decaySteps` > 0.
  public init(
    initialLearningRate: Double, decaySteps: Int, alpha: Double = 0, warmupTarget: Double? = nil,
    warmupSteps: Int = 0
  ) {
    precondition(decaySteps > 0, "\(decaySteps) steps of decay")
    self.initialLearningRate = initialLearningRate
    self.decaySteps = decaySteps
    self.alpha = alpha
    self.warmupTarget = warmupTarget
    self.warmupSteps = warmupSteps
  }

  /// The schedule a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    let configuration = Configuration(config, of: CosineDecay.className)
    initialLearningRate = try configuration.double("initial_learning_rate")
    decaySteps = try configuration.positiveSteps("decay_steps")
    alpha = try configuration.double("alpha", or: 0)
    warmupTarget =
      configuration["warmup_target"].map(\.isNull) ?? true
      ? nil : try configuration.double("warmup_target")
    warmupSteps = try configuration.int("warmup_steps", or: 0)
  }

  /// The configuration in Keras' form.
  public var config: JSONObject {
    [
      "initial_learning_rate": .number(initialLearningRate),
      "decay_steps": .int(Int64(decaySteps)),
      "alpha": .number(alpha),
      "warmup_target": warmupTarget.map { .number($0) } ?? .null,
      "warmup_steps": .int(Int64(warmupSteps)),
      "name": "CosineDecay",
    ]
  }

  /// The rate of the step that follows `step` steps.
  public func learningRate(at step: Int64) -> Float {
    guard let warmupTarget else { return decayed(from: initialLearningRate, after: Double(step)) }
    let (step, steps) = (Double(step), Double(warmupSteps))
    guard step < steps else { return decayed(from: warmupTarget, after: step - steps) }
    return Float((warmupTarget - initialLearningRate) * (step / steps) + initialLearningRate)
  }

  private func decayed(from rate: Double, after step: Double) -> Float {
    let share = min(step / Double(decaySteps), 1)
    return Float(rate * ((1 - alpha) * 0.5 * (1 + cos(.pi * share)) + alpha))
  }
}
