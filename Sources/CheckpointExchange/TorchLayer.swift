internal import Checkpoint

/// A layer of Keras' configuration, as far as its shape and weights go.
struct TorchLayer {
  let className: String
  let name: String
  private let config: JSONObject

  /// - Throws: `CheckpointError` with code `invalidArgument` for what is no layer.
  init(_ json: JSONValue) throws(CheckpointError) {
    guard let className = json["class_name"]?.stringValue,
      let config = json["config"]?.objectValue, let name = config["name"]?.stringValue
    else {
      throw CheckpointError(.invalidArgument, "the architecture has a layer without class or name")
    }
    self.className = className
    self.name = name
    self.config = config
  }

  /// An error about it.
  func error(_ what: String) -> CheckpointError {
    CheckpointError(
      .invalidArgument, "\(className): \(what)", item: name,
      advice: "export with the tensors as they are")
  }

  /// A number from 1 upwards.
  func positive(_ key: String) throws(CheckpointError) -> Int {
    guard let value = config[key]?.intValue, (1...Int64(Int32.max)).contains(value) else {
      throw error("'\(key)' is no number from 1 upwards")
    }
    return Int(value)
  }

  /// Two numbers from 1 upwards, or one that stands for both.
  func pair(_ key: String, or other: (Int, Int)) throws(CheckpointError) -> (Int, Int) {
    guard let value = config[key], !value.isNull else { return other }
    let numbers = TorchLayer.numbers((value.arrayValue ?? [value, value])[...]) ?? []
    guard numbers.count == 2, numbers.allSatisfy({ $0 > 0 }) else {
      throw error("'\(key)' is no pair of numbers from 1 upwards")
    }
    return (numbers[0], numbers[1])
  }

  func text(_ key: String) -> String? { config[key]?.stringValue }

  func number(_ key: String) -> Double? { config[key]?.doubleValue }

  func isSet(_ key: String, or other: Bool) -> Bool { config[key]?.boolValue ?? other }

  /// The activation's module in Python, nil for none; `name` alone if PyTorch has none such.
  var activation: (name: String, module: String?)? {
    let value = config["activation"] ?? .null
    let name = value.stringValue ?? value["class_name"]?.stringValue ?? "linear"
    let modules = [
      "elu": "ELU()", "gelu": "GELU()", "hard_sigmoid": "Hardsigmoid()",
      "leaky_relu": "LeakyReLU(0.2)", "relu": "ReLU()", "relu6": "ReLU6()", "selu": "SELU()",
      "sigmoid": "Sigmoid()", "silu": "SiLU()", "softmax": "Softmax(dim=1)",
      "softplus": "Softplus()", "softsign": "Softsign()", "swish": "SiLU()", "tanh": "Tanh()",
    ]
    guard name != "linear" else { return nil }
    if name == "LeakyReLU", let slope = value["config"]?["negative_slope"]?.doubleValue {
      return (name, "torch.nn.LeakyReLU(\(slope))")
    }
    return (name, modules[name].map { "torch.nn." + $0 })
  }

  /// Whole numbers from 0 to 2³¹ - 1.
  static func numbers(_ values: ArraySlice<JSONValue>) -> [Int]? {
    var numbers: [Int] = []
    for value in values {
      guard let number = value.intValue, (0...Int64(Int32.max)).contains(number) else { return nil }
      numbers.append(Int(number))
    }
    return numbers
  }
}
