public import Checkpoint

extension Conv2D {
  /// The layer a configuration describes.
  ///
  /// - Throws: `.invalidConfiguration`, also for what isn't supported: channels first, several groups,
  ///   regularizers, constraints. `.unknownClass` for an activation or initializer.
  public init(config: JSONObject) throws(TrainerError) {
    let configuration = Configuration(config, of: Conv2D.className)
    filters = try configuration.int("filters")
    guard filters > 0 else {
      throw configuration.error("filters", "is \(filters), but must be positive")
    }
    kernelSize = try configuration.pair("kernel_size")
    strides = try configuration.pair("strides", or: (1, 1))
    dilationRate = try configuration.pair("dilation_rate", or: (1, 1))
    padding = try configuration.padding()
    try configuration.requireChannelsLast()
    let groups = try configuration.int("groups", or: 1)
    guard groups == 1 else {
      throw configuration.error("groups", "is \(groups), but only 1 is supported")
    }
    try configuration.requireTrainable()
    try configuration.requireNone(
      of: "kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint",
      "bias_constraint", "quantization_config", "lora_rank")
    activation = try Activation(config: configuration["activation"])
    usesBias = try configuration.bool("use_bias", or: true)
    kernelInitializer = try Initializer(config: config["kernel_initializer"], or: .glorotUniform)
    biasInitializer = try Initializer(config: config["bias_initializer"], or: .zeros)
    name = try configuration.string("name", or: "")
  }

  /// The configuration in Keras' form.
  public var config: JSONObject {
    [
      "name": .string(name), "trainable": true, "filters": .int(Int64(filters)),
      "kernel_size": .pair(kernelSize), "strides": .pair(strides),
      "padding": .string(padding.rawValue), "data_format": "channels_last",
      "dilation_rate": .pair(dilationRate), "groups": 1, "activation": activation.serialized,
      "use_bias": .bool(usesBias), "kernel_initializer": kernelInitializer.serialized,
      "bias_initializer": biasInitializer.serialized,
    ]
  }
}
