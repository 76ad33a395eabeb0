import Checkpoint
import CheckpointTrainer
import Testing

@Suite("Layers")
struct LayerTests {
  static let activations: [Activation] = [
    .linear, .relu, .sigmoid, .softmax, .tanh, .gelu, .leakyReLU(negativeSlope: 0.1),
  ]

  @Test("Dense computes the gradients that differences tell", arguments: activations)
  func denseGradients(activation: Activation) throws {
    try expectGradients(
      Dense(3, activation: activation), random([4, 5], seed: 21),
      [random([5, 3], seed: 22), random([3], seed: 23)])
  }

  @Test(
    "Activation and Flatten compute the gradients that differences tell", arguments: activations)
  func activationGradients(activation: Activation) throws {
    // Nothing within a step of relu's kink.
    let numbers = random([2, 3, 4], seed: 24).elements.map { $0 < 0 ? $0 - 0.02 : $0 + 0.02 }
    let inputs = FloatTensor(numbers, shape: [2, 3, 4])
    try expectGradients(ActivationLayer(activation), inputs)
    try expectGradients(Flatten(), inputs)
    #expect(run(Flatten(), inputs).outputs == inputs.reshaped(to: [2, 12]))
  }

  @Test("Activation behind the last layer is taken over by a loss, to the same training")
  func activationAtTheEnd() throws {
    let training = try SmallTraining()
    func trained(_ layers: [any Layer]) throws -> [FloatTensor] {
      let model = try Sequential(layers, inputShape: [6], seed: 4)
      try model.compile(optimizer: "rmsprop", loss: "categorical_crossentropy")
      try training.fit(model, epochs: 1)
      return model.weights.map(\.value)
    }
    let apart = try trained([Dense(3), ActivationLayer(.softmax)])
    #expect(try trained([Dense(3, activation: .softmax)]) == apart)
  }

  @Test("Dense works on the last of several axes, with and without a bias")
  func denseAxes() throws {
    let layer = Dense(2, usesBias: false)
    #expect(try layer.outputShape(for: [7, 5]) == [7, 2])
    #expect(layer.variables(for: [7, 5]).map(\.shape) == [[5, 2]])
    let model = try Sequential([layer, Dense(4)], inputShape: [7, 5], seed: 1)
    #expect(try model.predict(FloatTensor(repeating: 1, shape: [3, 7, 5])).shape == [3, 7, 4])
  }

  @Test("Dropout drops its share, scales the rest, and lets gradients through where inputs went")
  func dropout() throws {
    let layer = Dropout(0.25)
    let inputs = FloatTensor(repeating: 1, shape: [100, 80])
    var pass = ForwardPass(
      isTraining: true, leavesOutActivation: false, generator: RandomGenerator(seed: 5))
    let outputs = layer.forward(inputs, variables: [], pass: &pass)
    let dropped = outputs.elements.filter { $0 == 0 }.count
    #expect((1850...2150).contains(dropped))
    #expect(outputs.elements.allSatisfy { $0 == 0 || $0 == 1 / (1 - 0.25) })
    #expect(pass.generator != RandomGenerator(seed: 5))
    let gradients = layer.backward(
      inputs, variables: [], saved: pass.saved, wantsInputGradient: true)
    #expect(gradients.inputs == outputs)
  }

  @Test("Dropout does nothing outside of training")
  func dropoutInference() {
    var pass = ForwardPass(
      isTraining: false, leavesOutActivation: false, generator: RandomGenerator(seed: 5))
    let inputs = FloatTensor([1, 2, 3], shape: [1, 3])
    #expect(Dropout(0.9).forward(inputs, variables: [], pass: &pass) == inputs)
    #expect(pass.generator == RandomGenerator(seed: 5))
  }

  @Test("are rebuilt from their configurations")
  func configurations() throws {
    let layers: [any Layer] = [
      Dense(7, activation: .tanh, usesBias: false, kernelInitializer: .zeros, name: "a"),
      Dropout(0.1, name: "b"), Dense(2, activation: .leakyReLU, name: "j"),
      Dense(2, activation: .leakyReLU(negativeSlope: 0.05), name: "k"),
      Dense(3, biasInitializer: .constant(0.5), name: "c"), Flatten(name: "d"),
      ActivationLayer(.softmax, name: "e"), MaxPool2D(name: "f"),
      MaxPool2D(poolSize: (3, 2), strides: (1, 2), padding: .same, name: "g"),
      Conv2D(4, kernelSize: (3, 5), name: "h"),
      Conv2D(
        4, kernelSize: (1, 2), strides: (3, 4), padding: .same, dilationRate: (5, 6),
        activation: .relu, usesBias: false, kernelInitializer: .heNormal, biasInitializer: .ones,
        name: "i"),
    ]
    for layer in layers {
      let type = type(of: layer)
      let text = JSONValue.object(layer.config).text()
      let config = try #require(try JSONValue.parse(text).objectValue)
      #expect(try type.init(config: config).config == layer.config)
      let object: JSONValue = [
        "class_name": .string(type.className), "config": .object(layer.config),
      ]
      let found = try ClassRegistry.standard.layer(object)
      #expect(found.config == layer.config && found.name == layer.name)
    }
    #expect(Dropout(0.1).config["rate"]?.doubleValue == 0.1)
  }

  @Test(
    "with impossible configurations are refused, naming class and key",
    arguments: [
      ("{}", "Dense: 'units' is missing"), ("{\"units\":0}", "Dense: 'units' is 0"),
      ("{\"units\":\"4\"}", "Dense: 'units' is \"4\", not a whole number"),
      ("{\"units\":4,\"activation\":\"swoosh\"}", "no activation is called 'swoosh'"),
      ("{\"units\":4,\"activation\":5}", "an activation is neither a name nor an object"),
      (
        "{\"units\":4,\"activation\":{\"class_name\":\"LeakyReLU\","
          + "\"config\":{\"negative_slope\":-1}}}", "LeakyReLU: 'negative_slope' is -1.0"
      ),
      ("{\"units\":4,\"kernel_initializer\":{}}", "an initializer without 'class_name'"),
    ])
  func impossible(config: String, message: String) throws {
    let config = try #require(try JSONValue.parse(config).objectValue)
    #expect {
      try Dense(config: config)
    } throws: { "\($0)".hasPrefix(message) }
  }
}
