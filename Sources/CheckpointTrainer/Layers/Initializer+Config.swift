package import Checkpoint

extension Initializer {
  /// The object by which Keras' configurations name an initializer.
  package var serialized: JSONValue {
    [
      "module": "keras.initializers", "class_name": .string(name), "config": [:],
      "registered_name": nil,
    ]
  }

  /// The initializer a configuration names: by an object, by its class name, or by Keras' snake
  /// case. Null stands for Glorot's.
  package init(config: JSONValue) throws(TrainerError) {
    switch config {
    case .null: self = .glorotUniform
    case .string("glorot_uniform"): self = .glorotUniform
    case .string("zeros"): self = .zeros
    case .string(let name): try self.init(name: name)
    default:
      guard let name = config["class_name"]?.stringValue else {
        throw TrainerError(
          .invalidConfiguration, "an initializer without 'class_name': \(config.text())")
      }
      try self.init(name: name)
    }
  }
}
