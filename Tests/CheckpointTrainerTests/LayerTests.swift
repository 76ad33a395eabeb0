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
    var generator = RandomGenerator(seed: 21)
    func random(_ shape: [Int]) -> FloatTensor {
      FloatTensor((0..<shape.reduce(1, *)).map { _ in generator.normal() }, shape: shape)
    }
    let layer = Dense(3, activation: activation)
    let inputs = random([4, 5])
    let variables = [random([5, 3]), random([3])]
    let direction = random([4, 3])
    /// The outputs in one direction: a number whose gradients are those asked for.
    func value(_ inputs: FloatTensor, _ variables: [FloatTensor]) -> Double {
      var pass = ForwardPass(
        isTraining: false, leavesOutActivation: false, generator: RandomGenerator(seed: 0))
      let outputs = layer.forward(inputs, variables: variables, pass: &pass)
      return zip(outputs.elements, direction.elements).reduce(0) {
        $0 + Double($1.0) * Double($1.1)
      }
    }
    var pass = ForwardPass(
      isTraining: true, leavesOutActivation: false, generator: RandomGenerator(seed: 0))
    _ = layer.forward(inputs, variables: variables, pass: &pass)
    let gradients = layer.backward(
      direction, variables: variables, saved: pass.saved, wantsInputGradient: true)

    expectGradient(try #require(gradients.inputs), at: inputs) { value($0, variables) }
    expectGradient(gradients.variables[0], at: variables[0]) { value(inputs, [$0, variables[1]]) }
    expectGradient(gradients.variables[1], at: variables[1]) { value(inputs, [variables[0], $0]) }
  }

  private func expectGradient(
    _ gradient: FloatTensor, at point: FloatTensor, of value: (FloatTensor) -> Double
  ) {
    let step: Float = 1e-2
    for index in point.elements.indices {
      func moved(_ by: Float) -> Double {
        var moved = point
        moved.withUnsafeMutableElements { $0[index] += by }
        return value(moved)
      }
      let slope = (moved(step) - moved(-step)) / Double(2 * step)
      #expect(abs(slope - Double(gradient.elements[index])) < 2e-2)
    }
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
      Dropout(0.1, name: "b"), Dense(2, activation: .leakyReLU, name: "c"),
      Dense(2, activation: .leakyReLU(negativeSlope: 0.05), name: "d"),
    ]
    for layer in layers {
      let type = type(of: layer)
      let text = JSONValue.object(layer.config).text()
      let config = try #require(try JSONValue.parse(text).objectValue)
      #expect(try type.init(config: config).config == layer.config)
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

  @Test("have first weights as Glorot's: within the limit, and filling it")
  func glorot() {
    var generator = RandomGenerator(seed: 8)
    let values = Initializer.glorotUniform.values(shape: [60, 40], using: &generator).elements
    let limit = Float(6.0 / 100).squareRoot()
    #expect(values.allSatisfy { abs($0) <= limit })
    #expect(values.map { abs($0) }.max().map { $0 > 0.98 * limit } == true)
  }
}
