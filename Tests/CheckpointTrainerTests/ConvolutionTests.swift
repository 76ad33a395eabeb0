import CheckpointTrainer
import Testing

@Suite("Convolution")
struct ConvolutionTests {
  private func layer(_ shape: WindowCase, filters: Int = 2) -> Conv2D {
    Conv2D(
      filters, kernelSize: (shape.rows.window, shape.columns.window),
      strides: (shape.rows.stride, shape.columns.stride), padding: shape.padding,
      dilationRate: (shape.rows.dilation, shape.columns.dilation), name: "conv")
  }

  @Test("is what the definition says, gradients too, for all small shapes")
  func definition() throws {
    let axes = AxisCase.all(windows: 1...3, strides: 1...2, dilations: 1...2)
    var computed = 0
    for shape in WindowCase.combinations(of: axes) {
      let layer = layer(shape)
      guard shape.fits else {
        #expect(throws: TrainerError.self, "\(shape)") {
          try layer.outputShape(for: shape.imageShape)
        }
        continue
      }
      #expect(try layer.outputShape(for: shape.imageShape) == shape.outputShape + [2], "\(shape)")
      expectDefinition(layer, shape)
      computed += 1
    }
    #expect(computed > 800)
  }

  @Test("is what the definition says where several blocks of positions are needed")
  func blocks() {
    let axis = AxisCase(window: 3, stride: 1, dilation: 1, length: 50)
    let shape = WindowCase(rows: axis, columns: axis, padding: .same, samples: 1, channels: 8)
    // Sums of 2500 products are rounded more often.
    expectDefinition(layer(shape, filters: 3), shape, tolerance: 3e-4)
  }

  @Test(
    "is what the definition says where products take their rows from the image, for all small shapes"
  )
  func direct() {
    var computed = 0
    for rows in AxisCase.all(windows: 1...3, strides: 1...1, dilations: 1...1) {
      for columns in AxisCase.all(windows: 1...3, strides: 1...1, dilations: 1...1) {
        for padding in Padding.allCases {
          let shape = WindowCase(
            rows: rows, columns: columns, padding: padding, samples: 1 + computed % 3, channels: 24)
          guard shape.fits else { continue }
          expectDefinition(layer(shape, filters: 8), shape, tolerance: 5e-5)
          computed += 1
        }
      }
    }
    #expect(computed > 400)
  }

  @Test("has the gradients that differences tell, from the image too")
  func directDifferences() throws {
    let layer = Conv2D(8, kernelSize: (2, 3), padding: .same, activation: .tanh)
    try expectGradients(
      layer, random([2, 3, 4, 8], seed: 21),
      [random([2, 3, 8, 8], seed: 22), random([8], seed: 23)])
  }

  private func expectDefinition(
    _ layer: Conv2D, _ shape: WindowCase, tolerance: Double = 2e-5
  ) {
    let inputs = random([shape.samples] + shape.imageShape, seed: 1)
    let kernel = random(
      [shape.rows.window, shape.columns.window, shape.channels, layer.filters], seed: 2)
    let bias = random([layer.filters], seed: 3)
    let direction = random([shape.samples] + shape.outputShape + [layer.filters], seed: 4)
    let (outputs, gradients) = run(layer, inputs, [kernel, bias], direction: direction)
    let naive = NaiveConvolution(shape, inputs, kernel, bias, direction)
    for (what, ours, theirs) in [
      ("outputs", outputs, naive.outputs),
      ("input gradient", gradients.inputs ?? FloatTensor([], shape: [0]), naive.inputGradient),
      ("kernel gradient", gradients.variables[0], naive.kernelGradient),
      ("bias gradient", gradients.variables[1], naive.biasGradient),
    ] {
      #expect(ours.elements.count == theirs.count, "\(what) of \(shape)")
      let worst = zip(ours.elements, theirs).map { abs(Double($0) - $1) }.max() ?? .nan
      #expect(worst <= tolerance, "\(what) of \(shape)")
    }
  }

  @Test("has the gradients that differences tell", arguments: LayerTests.activations)
  func differences(activation: Activation) throws {
    let layer = Conv2D(
      3, kernelSize: (2, 3), strides: (2, 1), padding: .same, activation: activation)
    // Away from relu's kink.
    var bias = FloatTensor([0.3, -0.2, 0.5], shape: [3])
    if activation == .relu { bias = FloatTensor([9, -9, 9], shape: [3]) }
    try expectGradients(
      layer, random([2, 4, 3, 2], seed: 21), [random([2, 3, 2, 3], seed: 22), bias])
  }

  @Test("computes no gradient of inputs that nobody wants, and none of a bias that isn't there")
  func leftOut() {
    let layer = Conv2D(2, kernelSize: (3, 3), usesBias: false)
    var pass = ForwardPass(
      isTraining: true, leavesOutActivation: false, generator: RandomGenerator(seed: 0))
    let kernel = random([3, 3, 1, 2], seed: 2)
    let outputs = layer.forward(random([2, 5, 5, 1], seed: 1), variables: [kernel], pass: &pass)
    let gradients = layer.backward(
      outputs, variables: [kernel], saved: pass.saved, wantsInputGradient: false)
    #expect(gradients.inputs == nil)
    #expect(gradients.variables.map(\.shape) == [[3, 3, 1, 2]])
  }

  @Test("gives the same bits at every call, whichever threads take part")
  func deterministic() throws {
    let layer = Conv2D(8, kernelSize: (3, 3), activation: .relu)
    let inputs = random([37, 14, 14, 4], seed: 5)
    let variables = [random([3, 3, 4, 8], seed: 6), random([8], seed: 7)]
    let first = run(layer, inputs, variables)
    for _ in 0..<5 {
      let again = run(layer, inputs, variables)
      #expect(again.outputs.isBitwiseEqual(to: first.outputs))
      let gradient = try #require(again.gradients.inputs)
      #expect(gradient.isBitwiseEqual(to: try #require(first.gradients.inputs)))
      for (a, b) in zip(again.gradients.variables, first.gradients.variables) {
        #expect(a.isBitwiseEqual(to: b))
      }
    }
  }

  @Test("of no samples is empty")
  func empty() {
    let layer = Conv2D(2, kernelSize: (3, 3))
    let (outputs, gradients) = run(
      layer, FloatTensor([], shape: [0, 5, 5, 1]),
      [random([3, 3, 1, 2], seed: 1), random([2], seed: 1)])
    #expect(outputs.shape == [0, 3, 3, 2])
    #expect(gradients.variables[0] == FloatTensor(repeating: 0, shape: [3, 3, 1, 2]))
  }
}

/// The definition in double precision.
private struct NaiveConvolution {
  var outputs: [Double] = []
  var inputGradient: [Double]
  var kernelGradient: [Double]
  var biasGradient: [Double]

  init(
    _ shape: WindowCase, _ inputs: FloatTensor, _ kernel: FloatTensor, _ bias: FloatTensor,
    _ direction: FloatTensor
  ) {
    let (filters, channels) = (bias.elements.count, shape.channels)
    let positions = shape.outputShape[0] * shape.outputShape[1]
    let x = inputs.elements.map(Double.init)
    let k = kernel.elements.map(Double.init)
    let g = direction.elements.map(Double.init)
    var outputs: [Double] = []
    for _ in 0..<shape.samples * positions { outputs += bias.elements.map(Double.init) }
    var inputGradient = [Double](repeating: 0, count: x.count)
    var kernelGradient = [Double](repeating: 0, count: k.count)
    for sample in 0..<shape.samples {
      shape.forEach { position, element, pixel in
        let pixel = sample * shape.imageShape.reduce(1, *) + pixel
        let output = (sample * positions + position) * filters
        for channel in 0..<channels {
          for filter in 0..<filters {
            let weight = (element * channels + channel) * filters + filter
            outputs[output + filter] += x[pixel + channel] * k[weight]
            inputGradient[pixel + channel] += g[output + filter] * k[weight]
            kernelGradient[weight] += g[output + filter] * x[pixel + channel]
          }
        }
      }
    }
    biasGradient = (0..<filters).map { filter in
      stride(from: filter, to: g.count, by: filters).reduce(0) { $0 + g[$1] }
    }
    self.outputs = outputs
    self.inputGradient = inputGradient
    self.kernelGradient = kernelGradient
  }
}
