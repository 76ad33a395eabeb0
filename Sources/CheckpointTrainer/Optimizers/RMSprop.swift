import CCheckpointShims
public import Checkpoint

/// Gradients divided by a running root of their mean square, with momentum and centering if wanted.
/// After https://keras.io/api/optimizers/rmsprop; epsilon stands inside the root, as there.
public struct RMSprop: Optimizer {
  /// "RMSprop"
  public static let className = "RMSprop"

  /// The learning rate training starts with.
  public var learningRate: Float
  /// The share of the running mean that stays at each step.
  public var rho: Double
  /// The share of the last step that goes on; 0 for none.
  public var momentum: Float
  /// Added under the root.
  public var epsilon: Float
  /// Whether the square of the running mean is subtracted, which estimates the variance.
  public var centered: Bool
  /// What gives the learning rate of each step, if it isn't constant.
  public let schedule: (any LearningRateSchedule)?

  /// An optimizer with Keras' defaults.
  public init(
    learningRate: Float = 0.001, rho: Double = 0.9, momentum: Float = 0, epsilon: Float = 1e-7,
    centered: Bool = false
  ) {
    self.learningRate = learningRate
    self.rho = rho
    self.momentum = momentum
    self.epsilon = epsilon
    self.centered = centered
    schedule = nil
  }

  /// An optimizer whose learning rate follows a schedule.
  public init(
    learningRate schedule: any LearningRateSchedule, rho: Double = 0.9, momentum: Float = 0,
    epsilon: Float = 1e-7, centered: Bool = false
  ) {
    self.learningRate = schedule.learningRate(at: 0)
    self.rho = rho
    self.momentum = momentum
    self.epsilon = epsilon
    self.centered = centered
    self.schedule = schedule
  }

  /// The optimizer a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    try self.init(config: config, classes: .standard)
  }

  /// The same with schedules of the caller's.
  public init(config: JSONObject, classes: ClassRegistry) throws(TrainerError) {
    let configuration = Configuration(config, of: RMSprop.className)
    try configuration.requirePlainOptimizer()
    (learningRate, schedule) = try configuration.learningRate(or: 0.001, classes: classes)
    rho = try configuration.double("rho", or: 0.9)
    momentum = try configuration.float("momentum", or: 0)
    epsilon = try configuration.float("epsilon", or: 1e-7)
    centered = try configuration.bool("centered", or: false)
  }

  /// The configuration in Keras' form.
  public var config: JSONObject {
    [
      "name": "rmsprop", "learning_rate": serializedLearningRate, "rho": .number(rho),
      "momentum": .float(momentum), "epsilon": .float(epsilon), "centered": .bool(centered),
    ]
  }

  /// The velocity, then momentum and average gradient where they are used.
  public var slotNames: [String] {
    ["velocity"] + (momentum > 0 ? ["momentum"] : []) + (centered ? ["average_gradient"] : [])
  }

  /// v = rho v + (1 - rho) g²; w -= rate · g / √(v + epsilon), or with momentum
  /// m = momentum · m + that step; w -= m.
  public func update(
    _ variable: inout FloatTensor, gradient: FloatTensor, slots: inout [FloatTensor],
    learningRate: Float, iteration: Int64
  ) {
    let settings = ckpt_rmsprop_settings(
      rate: learningRate, rho: Float(rho), one_minus_rho: Float(1 - rho), momentum: momentum,
      epsilon: epsilon)
    variable.withUnsafeMutableElements { weights in
      guard let weights = weights.baseAddress else { return }
      slots.withUnsafeMutablePointers { slots in
        ckpt_rmsprop(
          weights, gradient.elements, slots[0], momentum > 0 ? slots[1] : nil,
          centered ? slots[slots.count - 1] : nil, gradient.elements.count, settings)
      }
    }
  }
}
