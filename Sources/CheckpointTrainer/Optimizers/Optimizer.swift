public import Checkpoint

/// The rule by which gradients change variables: a pure description, whose state (iteration,
/// learning rate, one slot or more for each variable) the model keeps. Names are those of
/// https://keras.io/api/optimizers.
public protocol Optimizer: Sendable {
  /// The class name in configurations: "RMSprop".
  static var className: String { get }

  /// The learning rate training starts with.
  var learningRate: Float { get }

  /// What gives the learning rate of each step; nil if it stays as it is until somebody sets it.
  var schedule: (any LearningRateSchedule)? { get }

  /// The configuration in Keras' form.
  var config: JSONObject { get }

  /// The optimizer a configuration describes. Missing keys have Keras' defaults.
  ///
  /// - Throws: `.invalidConfiguration`, `.unknownClass`.
  init(config: JSONObject) throws(TrainerError)

  /// The same, with what names of schedules in the configuration stand for.
  init(config: JSONObject, classes: ClassRegistry) throws(TrainerError)

  /// What is kept for each variable between steps, each of the variable's shape and 0 at first;
  /// in Keras' order, by Keras' names.
  var slotNames: [String] { get }

  /// The order in which Keras lists the slots of all variables: group after group, in each group
  /// variable after variable.
  var slotGroups: [[String]] { get }

  /// Changes a variable and its slots by one step.
  ///
  /// - Parameters:
  ///   - slots: in the order of `slotNames`.
  ///   - learningRate: the present one, of the schedule or as callbacks have set it.
  ///   - iteration: how many steps have been made before this one.
  /// - Precondition: no array is empty; all have the same shape.
  func update(
    _ variable: inout FloatTensor, gradient: FloatTensor, slots: inout [FloatTensor],
    learningRate: Float, iteration: Int64)
}

extension Optimizer {
  /// Most optimizers have none.
  public var schedule: (any LearningRateSchedule)? { nil }

  /// Most optimizers name no classes.
  public init(config: JSONObject, classes: ClassRegistry) throws(TrainerError) {
    try self.init(config: config)
  }

  /// Most optimizers list slot after slot.
  public var slotGroups: [[String]] { slotNames.map { [$0] } }

  /// The object form in `compile_config`.
  package var serialized: JSONValue {
    [
      "module": "keras.optimizers", "class_name": .string(Self.className),
      "config": .object(config), "registered_name": nil,
    ]
  }
}
