public import Checkpoint

/// A learning rate that follows from the number of steps made: nothing of it needs to be saved, and a
/// resumed training has the same. Names are those of
/// https://keras.io/api/optimizers/learning_rate_schedules.
///
/// ```swift
/// let rate = CosineDecay(initialLearningRate: 0.1, decaySteps: 1000)
/// model.compile(optimizer: Adam(learningRate: rate), loss: CategoricalCrossentropy())
/// ```
public protocol LearningRateSchedule: Sendable {
  /// The class name in configurations: "CosineDecay".
  static var className: String { get }

  /// The configuration in Keras' form.
  var config: JSONObject { get }

  /// The schedule a configuration describes. Missing keys have Keras' defaults.
  ///
  /// - Throws: `.invalidConfiguration`.
  init(config: JSONObject) throws(TrainerError)

  /// The rate of the step that follows `step` steps; must be computed from these alone.
  func learningRate(at step: Int64) -> Float
}

extension LearningRateSchedule {
  /// The object form in an optimizer's configuration.
  package var serialized: JSONValue {
    [
      "module": "keras.optimizers.schedules", "class_name": .string(Self.className),
      "config": .object(config), "registered_name": nil,
    ]
  }
}

extension Configuration {
  /// A number of steps that something is divided by.
  ///
  /// - Throws: `.invalidConfiguration` if it isn't positive.
  func positiveSteps(_ key: String) throws(TrainerError) -> Int {
    let steps = try int(key)
    guard steps > 0 else {
      throw TrainerError(
        .invalidConfiguration, "\(className): '\(key)' is \(steps), but must be positive")
    }
    return steps
  }
}
