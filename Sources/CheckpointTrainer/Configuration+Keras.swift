import Checkpoint

extension Configuration {
  /// Two whole numbers from 1 up, for rows and columns: [3, 3], or one that stands for both, as Keras
  /// takes them.
  package func pair(
    _ key: String, or fallback: (Int, Int)? = nil
  ) throws(TrainerError) -> (Int, Int) {
    guard let value = self[key], value != .null else {
      if let fallback { return fallback }
      throw error(key, "is missing")
    }
    let numbers = (value.arrayValue ?? [value, value]).compactMap { element in
      element.intValue.flatMap { Int(exactly: $0) }
    }
    guard numbers.count == 2, value.arrayValue?.count ?? 2 == 2,
      numbers.allSatisfy({ (1...WindowAxis.limit).contains($0) })
    else {
      throw error(key, "is \(value.text()), not one or two whole numbers from 1 to 2^31 - 1")
    }
    return (numbers[0], numbers[1])
  }

  /// Keras' `padding`, in any case.
  package func padding() throws(TrainerError) -> Padding {
    let name = try string("padding", or: "valid")
    guard let padding = Padding(rawValue: name.lowercased()) else {
      throw error("padding", "is '\(name)', but only 'valid' and 'same' are known")
    }
    return padding
  }

  /// Refuses images whose channels come first.
  package func requireChannelsLast() throws(TrainerError) {
    let format = try string("data_format", or: "channels_last")
    guard format == "channels_last" else {
      throw error(
        "data_format",
        "is '\(format)', but only 'channels_last' is supported: (samples, height, width, channels)")
    }
  }

  /// Refuses what would change the training and isn't there: such as regularizers.
  package func requireNone(of keys: String...) throws(TrainerError) {
    for key in keys {
      if let value = self[key], value != .null {
        throw error(key, "is \(value.text()), but is not supported")
      }
    }
  }

  /// Refuses a layer whose weights are to stay as they are: here all learn.
  package func requireTrainable() throws(TrainerError) {
    guard try bool("trainable", or: true) else {
      throw error("trainable", "is false, but a layer's weights can't be frozen")
    }
  }

  /// Refuses a layer that computes in another precision: a name, or a policy that has one.
  func requireSinglePrecision() throws(TrainerError) {
    guard let dtype = self["dtype"], dtype != .null else { return }
    guard (dtype["config"]?["name"] ?? dtype).stringValue == "float32" else {
      throw error("dtype", "is \(dtype.text()), but only float32 is supported")
    }
  }

  /// An error that names class and key.
  package func error(_ key: String, _ predicate: String) -> TrainerError {
    TrainerError(.invalidConfiguration, "\(className): '\(key)' \(predicate)")
  }
}

extension JSONValue {
  /// Two numbers in Keras' form.
  static func pair(_ pair: (Int, Int)) -> JSONValue {
    [.int(Int64(pair.0)), .int(Int64(pair.1))]
  }
}
