import Checkpoint
import CheckpointTrainer
import Testing

@Suite("Layers of images")
struct ImageLayerTests {
  static let impossibleConfigurations: [(String, String, String)] = [
    ("Conv2D", "{\"kernel_size\":3}", "Conv2D: 'filters' is missing"),
    ("Conv2D", "{\"filters\":0,\"kernel_size\":3}", "Conv2D: 'filters' is 0"),
    ("Conv2D", "{\"filters\":1}", "Conv2D: 'kernel_size' is missing"),
    ("Conv2D", "{\"filters\":1,\"kernel_size\":[3]}", "Conv2D: 'kernel_size' is [3]"),
    ("Conv2D", "{\"filters\":1,\"kernel_size\":[3,3,3]}", "'kernel_size' is [3,3,3]"),
    ("Conv2D", "{\"filters\":1,\"kernel_size\":0}", "'kernel_size' is 0"),
    ("Conv2D", "{\"filters\":1,\"kernel_size\":[3,\"a\"]}", "'kernel_size' is [3,\"a\"]"),
    ("Conv2D", "{\"filters\":1,\"kernel_size\":3,\"strides\":-1}", "Conv2D: 'strides' is -1"),
    (
      "Conv2D", "{\"filters\":1,\"kernel_size\":3,\"dilation_rate\":9223372036854775807}",
      "Conv2D: 'dilation_rate' is 9223372036854775807"
    ),
    (
      "Conv2D", "{\"filters\":1,\"kernel_size\":3,\"padding\":\"causal\"}",
      "Conv2D: 'padding' is 'causal', but only 'valid' and 'same'"
    ),
    (
      "Conv2D", "{\"filters\":1,\"kernel_size\":3,\"data_format\":\"channels_first\"}",
      "Conv2D: 'data_format' is 'channels_first', but only 'channels_last' is supported"
    ),
    (
      "Conv2D", "{\"filters\":1,\"kernel_size\":3,\"groups\":2}",
      "Conv2D: 'groups' is 2, but only 1 is supported"
    ),
    (
      "Conv2D", "{\"filters\":1,\"kernel_size\":3,\"kernel_regularizer\":\"l2\"}",
      "Conv2D: 'kernel_regularizer' is \"l2\", but is not supported"
    ),
    ("MaxPooling2D", "{\"pool_size\":[2,0]}", "MaxPooling2D: 'pool_size' is [2,0]"),
    (
      "MaxPooling2D", "{\"data_format\":\"channels_first\"}", "MaxPooling2D: 'data_format'"
    ),
    ("Flatten", "{\"data_format\":\"channels_first\"}", "Flatten: 'data_format'"),
    ("Activation", "{}", "Activation: 'activation' is missing"),
  ]

  private func layer(_ className: String, _ json: String) throws -> any Layer {
    try ClassRegistry.standard.layer(
      ["class_name": .string(className), "config": try JSONValue.parse(json)])
  }

  @Test("are read from what Keras writes")
  func kerasForms() throws {
    let initializer = """
      {"module":"keras.initializers","class_name":"HeNormal","config":{"seed":null},"registered_name":null}
      """
    let layer = try layer(
      "Conv2D",
      """
      {"name":"conv2d","trainable":true,"dtype":{"module":"keras","class_name":"DTypePolicy",\
      "config":{"name":"float32"},"registered_name":null},"filters":32,"kernel_size":[3,3],\
      "strides":[1,2],"padding":"same","data_format":"channels_last","dilation_rate":[1,1],\
      "groups":1,"activation":"relu","use_bias":true,"kernel_initializer":\(initializer),\
      "bias_initializer":"zeros","kernel_regularizer":null,"bias_regularizer":null,\
      "activity_regularizer":null,"kernel_constraint":null,"bias_constraint":null}
      """)
    let conv = try #require(layer as? Conv2D)
    #expect(conv.filters == 32 && conv.kernelSize == (3, 3) && conv.strides == (1, 2))
    #expect(conv.padding == .same && conv.activation == .relu && conv.name == "conv2d")
    #expect(conv.kernelInitializer == .heNormal && conv.biasInitializer == .zeros)
    // One number for both axes, nothing else.
    let short = try #require(
      try self.layer("Conv2D", "{\"filters\":1,\"kernel_size\":5}") as? Conv2D)
    #expect(short.kernelSize == (5, 5) && short.strides == (1, 1) && short.padding == .valid)
    let pool = try #require(
      try self.layer("MaxPooling2D", "{\"pool_size\":3,\"strides\":null}") as? MaxPool2D)
    #expect(pool.poolSize == (3, 3) && pool.strides == (3, 3))
  }

  @Test(
    "with impossible configurations are refused, naming class and key",
    arguments: impossibleConfigurations)
  func impossible(className: String, config: String, message: String) {
    #expect {
      try layer(className, config)
    } throws: { "\($0)".contains(message) }
  }

  @Test("that don't fit say which layer, and which shapes")
  func shapes() {
    func message(_ layers: [any Layer], _ shape: [Int]) -> String {
      do {
        _ = try Sequential(layers, inputShape: shape)
        return ""
      } catch {
        return "\(error.code): \(error)"
      }
    }
    #expect(
      message([Conv2D(1, kernelSize: (3, 3))], [784])
        == "shapeMismatch: layer 'conv2d' (Conv2D) takes images of the shape [height, width, "
        + "channels], not inputs of the shape [784]")
    #expect(
      message([MaxPool2D(), MaxPool2D()], [3, 3, 8])
        == "shapeMismatch: layer 'max_pooling2d_1' (MaxPooling2D) has a window of 2 × 2 that has "
        + "no place in images of the shape [1, 1, 8]: use a smaller one, or padding 'same'")
    #expect(
      message([Conv2D(1, kernelSize: (3, 3), dilationRate: (2, 2))], [4, 9, 1])
        .contains("3 × 3, dilated, that has no place in images of the shape [4, 9, 1]"))
  }

  @Test("of sizes beyond any memory are refused before anything is allocated")
  func hugeShapes() {
    let huge = 1 << 40
    for (layers, shape) in [
      ([Flatten()], [huge, huge, huge]), ([Flatten()], [huge, 1 << 20]),
      ([Conv2D(1, kernelSize: (1, 1))], [huge, huge, 1]),
      ([Conv2D(1 << 50, kernelSize: (1, 1))], [1, 1, 1]),
      ([Conv2D(.max, kernelSize: (1, 1))], [1, 1, 1]),
      ([Conv2D(1, kernelSize: (1 << 30, 1 << 30), padding: .same)], [4, 4, 1]),
      ([Conv2D(1, kernelSize: (1, 1))], [.max, .max, .max]), ([MaxPool2D()], [.max, 4, 4]),
      ([MaxPool2D()], [4, 4, .max]), ([Dense(.max)], [4]), ([Dense(1 << 30)], [1 << 30]),
    ] as [([any Layer], [Int])] {
      #expect {
        try Sequential(layers, inputShape: shape)
      } throws: { ($0 as? TrainerError)?.code == .shapeMismatch }
    }
  }

  @Test("are summed up as Keras does")
  func summary() throws {
    let model = try Sequential(
      [
        Conv2D(32, kernelSize: (3, 3), activation: .relu),
        Conv2D(64, kernelSize: (3, 3), activation: .relu), MaxPool2D(), Dropout(0.25), Flatten(),
        Dense(128, activation: .relu), Dropout(0.5), Dense(10), ActivationLayer(.softmax),
      ], inputShape: [28, 28, 1], seed: 1)
    let summary = model.summary()
    for row in [
      ["conv2d (Conv2D)", "(None, 26, 26, 32)", "320"],
      ["conv2d_1 (Conv2D)", "(None, 24, 24, 64)", "18,496"],
      ["max_pooling2d (MaxPooling2D)", "(None, 12, 12, 64)", "0"],
      ["flatten (Flatten)", "(None, 9216)", "0"], ["dense (Dense)", "(None, 128)", "1,179,776"],
      ["activation (Activation)", "(None, 10)", "0"],
    ] {
      #expect(
        summary.split(separator: "\n").contains { line in
          line.split(separator: "  ").map { $0.trimmingPrefix { $0 == " " } }
            .filter { !$0.isEmpty }.map(String.init) == row
        }, "\(row)")
    }
    #expect(summary.contains("Total params: 1,199,882 (4.58 MB)"))
  }

  @Test("are rebuilt from a checkpoint, without the code that built them")
  func rebuilt() throws {
    let training = try SmallImageTraining()
    let model = try training.model()
    try training.fit(model, epochs: 1)
    let rebuilt = try Sequential(from: model.checkpoint())
    #expect(rebuilt.layers.map { $0.config } == model.layers.map { $0.config })
    #expect(try rebuilt.predict(training.inputs) == model.predict(training.inputs))
    #expect(rebuilt.summary() == model.summary())
  }

  @Test("with weights of another network are refused, and all that is different is listed")
  func otherWeights() throws {
    let model = try SmallImageTraining().model()
    var checkpoint = try model.checkpoint()
    checkpoint.tensors["model/conv2d/kernel"] = Tensor([Float](), shape: [0])
    checkpoint.tensors["model/conv2d/bias"] = nil
    checkpoint.tensors["model/other/kernel"] = Tensor([Float(1)], shape: [1])
    for load in [
      { try model.loadWeights(from: checkpoint) }, { _ = try Sequential(from: checkpoint) },
    ] as [() throws -> Void] {
      #expect {
        try load()
      } throws: { error in
        (error as? TrainerError)?.code == .weightsMismatch
          && "\(error)".contains("conv2d/kernel has the shape [0], the model [3, 2, 2, 4]")
          && "\(error)".contains("conv2d/bias [4] is missing")
          && "\(error)".contains("other/kernel is unknown to the model")
      }
    }
  }

  @Test("predict in batches as at once")
  func batches() throws {
    let training = try SmallImageTraining()
    let model = try training.model()
    let whole = try model.predict(training.inputs, batchSize: 100)
    #expect(try model.predict(training.inputs, batchSize: 5) == whole)
  }
}
