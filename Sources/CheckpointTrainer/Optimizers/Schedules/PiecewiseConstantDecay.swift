public import Checkpoint

/// A rate for each of several stretches of steps.
/// After https://keras.io/api/optimizers/learning_rate_schedules.
public struct PiecewiseConstantDecay: LearningRateSchedule, Hashable {
  /// "PiecewiseConstantDecay"
  public static let className = "PiecewiseConstantDecay"

  /// The last step of each stretch but the last one.
  public let boundaries: [Int]
  /// The rate of each stretch.
  public let values: [Double]

  /// The schedule.
  ///
  /// - Precondition: there is one value more than there are boundaries, and these grow.
  public init(boundaries: [Int], values: [Double]) {
    precondition(
      PiecewiseConstantDecay.fit(boundaries, values),
      "\(values.count) rates for the boundaries \(boundaries)")
    self.boundaries = boundaries
    self.values = values
  }

  /// The schedule a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    let configuration = Configuration(config, of: PiecewiseConstantDecay.className)
    let boundaries = try configuration.array("boundaries")
    let values = try configuration.array("values")
    self.boundaries = boundaries.compactMap { $0.intValue.flatMap { Int(exactly: $0) } }
    self.values = values.compactMap(\.numberValue)
    guard self.boundaries.count == boundaries.count, self.values.count == values.count,
      PiecewiseConstantDecay.fit(self.boundaries, self.values)
    else {
      throw TrainerError(
        .invalidConfiguration,
        "PiecewiseConstantDecay: 'boundaries' must be growing whole numbers and 'values' numbers, one "
          + "more of them")
    }
  }

  private static func fit(_ boundaries: [Int], _ values: [Double]) -> Bool {
    values.count == boundaries.count + 1
      && zip(boundaries, boundaries.dropFirst()).allSatisfy { $0 < $1 }
  }

  /// The configuration in Keras' form.
  public var config: JSONObject {
    [
      "boundaries": .array(boundaries.map { .int(Int64($0)) }),
      "values": .array(values.map { .number($0) }), "name": "PiecewiseConstant",
    ]
  }

  /// The rate of the step that follows `step` steps.
  public func learningRate(at step: Int64) -> Float {
    let stretch = boundaries.firstIndex { step <= $0 } ?? boundaries.count
    return Float(values[stretch])
  }
}
