package import Checkpoint

extension Initializer {
  /// The object by which Keras' configurations name an initializer.
  package var serialized: JSONValue {
    [
      "module": "keras.initializers", "class_name": .string(name), "config": .object(config),
      "registered_name": nil,
    ]
  }

  /// The numbers it was made with.
  private var config: JSONObject {
    switch kind {
    case .constant(let value): name == "Constant" ? ["value": .float(value)] : [:]
    case .uniform(let minimum, let maximum):
      ["minval": .float(minimum), "maxval": .float(maximum), "seed": nil]
    case .normal(let mean, let deviation), .truncatedNormal(let mean, let deviation):
      ["mean": .float(mean), "stddev": .float(deviation), "seed": nil]
    case .scaled: [:]
    }
  }

  /// The initializer a configuration names: by an object, by its class name, or by Keras' snake
  /// case. A seed there is passed over: first values follow from the model's.
  ///
  /// - Parameter fallback: what stands for null.
  package init(config: JSONValue?, or fallback: Initializer) throws(TrainerError) {
    guard let config, config != .null else {
      self = fallback
      return
    }
    if let name = config.stringValue {
      try self.init(name: name)
      return
    }
    guard let name = config["class_name"]?.stringValue else {
      throw TrainerError(
        .invalidConfiguration, "an initializer without 'class_name': \(config.text())")
    }
    try self.init(name: name)
    let numbers = Configuration(config["config"]?.objectValue ?? [:], of: self.name)
    switch kind {
    case .constant(let value) where self.name == "Constant":
      self = .constant(try numbers.float("value", or: value))
    case .uniform(let minimum, let maximum):
      let range = (
        try numbers.float("minval", or: minimum), try numbers.float("maxval", or: maximum)
      )
      guard range.0 <= range.1, (range.1 - range.0).isFinite else {
        throw numbers.error("minval", "is \(range.0) and 'maxval' \(range.1): that is no range")
      }
      self = .randomUniform(minimum: range.0, maximum: range.1)
    case .normal(let mean, let deviation):
      let (mean, deviation) = try numbers.normal(mean, deviation)
      self = .randomNormal(mean: mean, deviation: deviation)
    case .truncatedNormal(let mean, let deviation):
      let (mean, deviation) = try numbers.normal(mean, deviation)
      self = .truncatedNormal(mean: mean, deviation: deviation)
    case .constant, .scaled: break
    }
  }
}

extension Configuration {
  /// Mean and deviation of a normal distribution.
  fileprivate func normal(
    _ mean: Float, _ deviation: Float
  ) throws(TrainerError) -> (Float, Float) {
    let mean = try float("mean", or: mean)
    let deviation = try float("stddev", or: deviation)
    guard mean.isFinite, deviation.isFinite, deviation >= 0 else {
      throw error("stddev", "is \(deviation) around \(mean): that is no normal distribution")
    }
    return (mean, deviation)
  }
}
