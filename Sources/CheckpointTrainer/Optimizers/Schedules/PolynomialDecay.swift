public import Checkpoint

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// From the initial rate to `endLearningRate` along (1 - step / decaySteps) ^ power.
/// After https://keras.io/api/optimizers/learning_rate_schedules.
public struct PolynomialDecay: LearningRateSchedule, Hashable {
  /// "PolynomialDecay"
  public static let className = "PolynomialDecay"

  /// The rate of the first step.
  public let initialLearningRate: Double
  /// How many steps the way takes.
  public let decaySteps: Int
  /// The rate at the end of the way.
  public let endLearningRate: Double
  /// 1 for a straight line.
  public let power: Double
  /// Whether a longer way begins at each end, instead of staying there.
  public let cycle: Bool

  /// The schedule.
  ///
  /// - Precondition: `decaySteps` > 0.
  public init(
    initialLearningRate: Double, decaySteps: Int, endLearningRate: Double = 0.0001,
    power: Double = 1, cycle: Bool = false
  ) {
    precondition(decaySteps > 0, "\(decaySteps) steps of decay")
    self.initialLearningRate = initialLearningRate
    self.decaySteps = decaySteps
    self.endLearningRate = endLearningRate
    self.power = power
    self.cycle = cycle
  }

  /// The schedule a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    let configuration = Configuration(config, of: PolynomialDecay.className)
    initialLearningRate = try configuration.double("initial_learning_rate")
    decaySteps = try configuration.positiveSteps("decay_steps")
    endLearningRate = try configuration.double("end_learning_rate", or: 0.0001)
    power = try configuration.double("power", or: 1)
    cycle = try configuration.bool("cycle", or: false)
  }

  /// The configuration in Keras' form.
  public var config: JSONObject {
    [
      "initial_learning_rate": .number(initialLearningRate),
      "decay_steps": .int(Int64(decaySteps)),
      "end_learning_rate": .number(endLearningRate),
      "power": .number(power),
      "cycle": .bool(cycle),
      "name": "PolynomialDecay",
    ]
  }

  /// The rate of the step that follows `step` steps.
  public func learningRate(at step: Int64) -> Float {
    var (step, steps) = (Double(step), Double(decaySteps))
    if cycle {
      // The first multiple that isn't smaller than the step.
      if step > 0 { steps *= (step / steps).rounded(.up) }
    } else {
      step = min(step, steps)
    }
    return Float(
      (initialLearningRate - endLearningRate) * pow(1 - step / steps, power) + endLearningRate)
  }
}
