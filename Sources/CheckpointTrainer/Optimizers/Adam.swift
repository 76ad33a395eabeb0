import CCheckpointShims
public import Checkpoint

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Steps along a running mean of gradients, divided by the root of one of their squares. After
/// https://keras.io/api/optimizers/adam; epsilon is added to the uncorrected root, as there.
public struct Adam: Optimizer {
  /// "Adam"
  public static let className = "Adam"

  /// The learning rate training starts with.
  public var learningRate: Float
  /// The share of the gradients' mean that stays at each step.
  public var beta1: Double
  /// The share of the squares' mean that stays at each step.
  public var beta2: Double
  /// Added to the root.
  public var epsilon: Float
  /// Whether the largest mean of squares so far is taken instead of the present one.
  public var amsgrad: Bool
  /// What gives the learning rate of each step, if it isn't constant.
  public let schedule: (any LearningRateSchedule)?

  /// An optimizer with Keras' defaults.
  public init(
    learningRate: Float = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Float = 1e-7, amsgrad: Bool = false
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.amsgrad = amsgrad
    schedule = nil
  }

  /// An optimizer whose learning rate follows a schedule.
  public init(
    learningRate schedule: any LearningRateSchedule, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Float = 1e-7, amsgrad: Bool = false
  ) {
    self.learningRate = schedule.learningRate(at: 0)
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.amsgrad = amsgrad
    self.schedule = schedule
  }

  /// The optimizer a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    try self.init(config: config, classes: .standard)
  }

  /// The same with schedules of the caller's.
  public init(config: JSONObject, classes: ClassRegistry) throws(TrainerError) {
    let configuration = Configuration(config, of: Adam.className)
    try configuration.requirePlainOptimizer()
    (learningRate, schedule) = try configuration.learningRate(or: 0.001, classes: classes)
    beta1 = try configuration.double("beta_1", or: 0.9)
    beta2 = try configuration.double("beta_2", or: 0.999)
    epsilon = try configuration.float("epsilon", or: 1e-7)
    amsgrad = try configuration.bool("amsgrad", or: false)
  }

  /// The configuration in Keras' form.
  public var config: JSONObject {
    [
      "name": "adam", "learning_rate": serializedLearningRate, "beta_1": .number(beta1),
      "beta_2": .number(beta2), "epsilon": .float(epsilon), "amsgrad": .bool(amsgrad),
    ]
  }

  /// Momentum and velocity, with amsgrad the largest velocity.
  public var slotNames: [String] { ["momentum", "velocity"] + (amsgrad ? ["velocity_hat"] : []) }

  /// Momentum and velocity of each variable in turn; the largest velocities after them.
  public var slotGroups: [[String]] {
    [["momentum", "velocity"]] + (amsgrad ? [["velocity_hat"]] : [])
  }

  /// m += (g - m)(1 - beta1); v += (g² - v)(1 - beta2);
  /// w -= rate · √(1 - beta2ᵗ) / (1 - beta1ᵗ) · m / (√v + epsilon), t counting from 1.
  public func update(
    _ variable: inout FloatTensor, gradient: FloatTensor, slots: inout [FloatTensor],
    learningRate: Float, iteration: Int64
  ) {
    // In single precision as in Keras: 1 - 0.999 has an error there that shows in the weights.
    let step = Float(iteration) + 1
    let power1 = powf(Float(beta1), step)
    let power2 = powf(Float(beta2), step)
    let settings = ckpt_adam_settings(
      rate: learningRate * (1 - power2).squareRoot() / (1 - power1),
      one_minus_beta_1: Float(1 - beta1), one_minus_beta_2: Float(1 - beta2), epsilon: epsilon)
    variable.withUnsafeMutableElements { weights in
      guard let weights = weights.baseAddress else { return }
      slots.withUnsafeMutablePointers { slots in
        ckpt_adam(
          weights, gradient.elements, slots[0], slots[1], amsgrad ? slots[2] : nil,
          gradient.elements.count, settings)
      }
    }
  }
}
