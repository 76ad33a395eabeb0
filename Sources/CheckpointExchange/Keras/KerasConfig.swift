internal import Checkpoint

/// Keras' `config.json` in the form that every version from 3.0 on reads: without what later versions
/// have added and without what has its default.
enum KerasConfig {
  /// The members of layers' configurations that all versions know.
  private static let known: [String: [String]] = {
    let trained = [
      "activation", "use_bias", "kernel_initializer", "bias_initializer", "kernel_regularizer",
      "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint",
    ]
    let image = ["padding", "strides", "data_format"]
    return [
      "InputLayer": ["batch_shape", "sparse"],
      "Dense": ["units"] + trained,
      "Conv2D": ["filters", "kernel_size", "dilation_rate", "groups"] + image + trained,
      "MaxPooling2D": ["pool_size"] + image,
      "Flatten": ["data_format"],
      "Dropout": ["rate", "noise_shape", "seed"],
      "Activation": ["activation"],
    ]
  }()

  /// The document of a model that `architecture` describes.
  /// - Parameter losses: gets a line for what is changed.
  static func portable(
    _ architecture: JSONValue, compileConfig: JSONValue?, losses: inout [String]
  ) -> JSONValue {
    guard var object = architecture.objectValue else { return architecture }
    object["compile_config"] = nil
    if architecture["class_name"] == "Sequential", let config = architecture["config"] {
      object["config"] = [
        "name": config["name"] ?? "sequential",
        "layers": .array((config["layers"]?.arrayValue ?? []).map(layer)),
      ]
      for json in config["layers"]?.arrayValue ?? [] {
        guard json["config"]?["activation"]?["class_name"] != nil,
          let name = json["config"]?["name"]?.stringValue
        else { continue }
        losses.append("Keras before 3.10 can't read the activation of the layer \(name)")
      }
    }
    if let compileConfig = named(compileConfig) {
      object["compile_config"] = compile(compileConfig, losses: &losses)
    }
    return .object(object)
  }

  /// `compile_config` without what is an object there only because of how the model was compiled, such
  /// as a loss given as a function; nil if the model isn't compiled.
  static func named(_ compileConfig: JSONValue?) -> JSONValue? {
    guard var object = compileConfig?.objectValue, let optimizer = object["optimizer"],
      !optimizer.isNull
    else { return nil }
    for key in ["loss", "metrics"] {
      if let value = object[key] { object[key] = function(value) }
    }
    return .object(object)
  }

  private static func layer(_ json: JSONValue) -> JSONValue {
    guard let name = json["class_name"]?.stringValue, let keys = known[name],
      let config = json["config"]?.objectValue
    else { return json }
    var own = JSONObject()
    for key in ["name", "trainable"] + keys {
      if let value = config[key], !value.isNull { own[key] = withoutNulls(value) }
    }
    if let dtype = dtype(config["dtype"]), dtype != "float32" || name == "InputLayer" {
      own["dtype"] = .string(dtype)
    }
    return [
      "module": json["module"] ?? "keras.layers", "class_name": .string(name),
      "config": .object(own), "registered_name": nil,
    ]
  }

  /// A policy by its name, as all versions take it.
  private static func dtype(_ json: JSONValue?) -> String? {
    json?.stringValue ?? json?["config"]?["name"]?.stringValue
  }

  private static func compile(_ json: JSONValue, losses: inout [String]) -> JSONValue {
    var own = JSONObject()
    own["optimizer"] = optimizer(json["optimizer"] ?? .null)
    own["loss"] = loss(json["loss"] ?? .null)
    own["metrics"] = metrics(json["metrics"] ?? .array([]), losses: &losses)
    for key in ["loss_weights", "weighted_metrics"] {
      if let value = json[key], !value.isNull { own[key] = value }
    }
    return .object(own)
  }

  private static func optimizer(_ json: JSONValue) -> JSONValue {
    guard var object = json.objectValue, var config = json["config"]?.objectValue else {
      return json
    }
    if config["use_ema"] == false {
      for key in ["use_ema", "ema_momentum", "ema_overwrite_frequency"] { config[key] = nil }
    }
    object["config"] = withoutNulls(.object(config))
    return .object(object)
  }

  private static func loss(_ json: JSONValue) -> JSONValue {
    guard var object = json.objectValue, var config = json["config"]?.objectValue else {
      return json
    }
    config["dtype"] = nil
    object["config"] = withoutNulls(.object(config))
    return .object(object)
  }

  /// Keras' class `Accuracy` compares numbers; what counts classes found is called "accuracy".
  private static func metrics(_ json: JSONValue, losses: inout [String]) -> JSONValue {
    if let array = json.arrayValue {
      return .array(array.map { metrics($0, losses: &losses) })
    }
    guard json == "Accuracy" || json["class_name"] == "Accuracy" else { return json }
    if let name = json["config"]?["name"]?.stringValue, name != "accuracy" {
      losses.append("the metric \"\(name)\" is called \"accuracy\" in Keras")
    }
    return "accuracy"
  }

  private static func function(_ json: JSONValue) -> JSONValue {
    if let array = json.arrayValue { return .array(array.map(function)) }
    guard json["class_name"] == "function", let name = json["config"], name.stringValue != nil
    else { return json }
    return name
  }

  /// Without members that are null, but for the one by which Keras knows an object as its own.
  private static func withoutNulls(_ json: JSONValue) -> JSONValue {
    switch json {
    case .array(let array): return .array(array.map(withoutNulls))
    case .object(let object):
      var own = JSONObject()
      for (key, value) in object.members where !value.isNull || key == "registered_name" {
        if key != "shared_object_id" { own[key] = withoutNulls(value) }
      }
      return .object(own)
    default: return json
    }
  }
}
