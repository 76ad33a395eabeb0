import CCheckpointShims
public import Checkpoint

/// Stochastic gradient descent, with momentum and Nesterov's look-ahead if wanted. After
/// https://keras.io/api/optimizers/sgd.
public struct SGD: Optimizer {
  /// "SGD"
  public static let className = "SGD"

  /// The learning rate training starts with.
  public var learningRate: Float
  /// The share of the last step that goes on; 0 for none.
  public var momentum: Float
  /// Whether to look ahead.
  public var nesterov: Bool
  /// What gives the learning rate of each step, if it isn't constant.
  public let schedule: (any LearningRateSchedule)?

  /// An optimizer with Keras' defaults.
  public init(learningRate: Float = 0.01, momentum: Float = 0, nesterov: Bool = false) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    schedule = nil
  }

  /// An optimizer whose learning rate follows a schedule.
  public init(
    learningRate schedule: any LearningRateSchedule, momentum: Float = 0, nesterov: Bool = false
  ) {
    self.learningRate = schedule.learningRate(at: 0)
    self.momentum = momentum
    self.nesterov = nesterov
    self.schedule = schedule
  }

  /// The optimizer a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    try self.init(config: config, classes: .standard)
  }

  /// The same with schedules of the caller's.
  public init(config: JSONObject, classes: ClassRegistry) throws(TrainerError) {
    let configuration = Configuration(config, of: SGD.className)
    try configuration.requirePlainOptimizer()
    (learningRate, schedule) = try configuration.learningRate(or: 0.01, classes: classes)
    momentum = try configuration.float("momentum", or: 0)
    nesterov = try configuration.bool("nesterov", or: false)
  }

  /// The configuration in Keras' form.
  public var config: JSONObject {
    [
      "name": "SGD", "learning_rate": serializedLearningRate, "momentum": .float(momentum),
      "nesterov": .bool(nesterov),
    ]
  }

  /// The momentum, if there is one.
  public var slotNames: [String] { momentum == 0 ? [] : ["momentum"] }

  /// m = momentum · m - rate · g; w += m, or looking ahead w += momentum · m - rate · g.
  public func update(
    _ variable: inout FloatTensor, gradient: FloatTensor, slots: inout [FloatTensor],
    learningRate: Float, iteration: Int64
  ) {
    let count = gradient.elements.count
    variable.withUnsafeMutableElements { weights in
      guard let weights = weights.baseAddress else { return }
      slots.withUnsafeMutablePointers { slots in
        if let moments = slots.first {
          ckpt_sgd_momentum(
            weights, gradient.elements, moments, count, learningRate, momentum, nesterov)
        } else {
          ckpt_sgd(weights, gradient.elements, count, learningRate)
        }
      }
    }
  }
}
