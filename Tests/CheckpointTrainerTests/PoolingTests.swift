import CheckpointTrainer
import Testing

@Suite("Max pooling")
struct PoolingTests {
  private func layer(_ shape: WindowCase) -> MaxPool2D {
    MaxPool2D(
      poolSize: (shape.rows.window, shape.columns.window),
      strides: (shape.rows.stride, shape.columns.stride), padding: shape.padding, name: "pool")
  }

  /// Few different numbers, so that there are ties; and those that are easily got wrong.
  private func values(_ shape: [Int], _ generator: inout RandomGenerator) -> FloatTensor {
    let choices: [Float] = [0, 1, 2, 3, -1, .nan, -.infinity, -.infinity, .infinity]
    return FloatTensor(
      (0..<shape.reduce(1, *)).map { _ in choices[generator.integer(below: choices.count)] },
      shape: shape)
  }

  @Test("is what the definition says for all small shapes, with ties, NaN and infinities")
  func definition() throws {
    var generator = RandomGenerator(seed: 31)
    let axes = AxisCase.all(windows: 1...3, strides: 1...3, dilations: 1...1)
    var computed = 0
    for shape in WindowCase.combinations(of: axes) {
      let layer = layer(shape)
      guard shape.fits else {
        #expect(throws: TrainerError.self, "\(shape)") {
          try layer.outputShape(for: shape.imageShape)
        }
        continue
      }
      let outputShape = shape.outputShape + [shape.channels]
      #expect(try layer.outputShape(for: shape.imageShape) == outputShape, "\(shape)")
      let inputs = values([shape.samples] + shape.imageShape, &generator)
      let direction = random([shape.samples] + outputShape, seed: 4)
      let (outputs, gradients) = run(layer, inputs, direction: direction)
      let (naive, naiveGradient) = naivePooling(shape, inputs, direction)
      #expect(outputs.isBitwiseEqual(to: naive), "outputs of \(shape)")
      let gradient = try #require(gradients.inputs)
      let worst = zip(gradient.elements, naiveGradient.elements).map { abs($0 - $1) }.max()
      #expect(try #require(worst) < 1e-5, "gradient of \(shape)")
      computed += 1
    }
    #expect(computed > 500)
  }

  /// The first largest by rows, where NaN is larger than all numbers.
  private func naivePooling(
    _ shape: WindowCase, _ inputs: FloatTensor, _ direction: FloatTensor
  ) -> (outputs: FloatTensor, gradient: FloatTensor) {
    var places = [Int?](repeating: nil, count: direction.elements.count)
    let positions = shape.outputShape[0] * shape.outputShape[1]
    for sample in 0..<shape.samples {
      shape.forEach { position, _, pixel in
        for channel in 0..<shape.channels {
          let place = sample * shape.imageShape.reduce(1, *) + pixel + channel
          let output = (sample * positions + position) * shape.channels + channel
          guard let former = places[output] else {
            places[output] = place
            continue
          }
          let (value, best) = (inputs.elements[place], inputs.elements[former])
          if !best.isNaN, value.isNaN || value > best { places[output] = place }
        }
      }
    }
    var gradient = [Float](repeating: 0, count: inputs.elements.count)
    for (output, place) in places.enumerated() {
      if let place { gradient[place] += direction.elements[output] }
    }
    return (
      FloatTensor(places.map { $0.map { inputs.elements[$0] } ?? 0 }, shape: direction.shape),
      FloatTensor(gradient, shape: inputs.shape)
    )
  }

  @Test("handles more channels than fit a step, and samples on several threads")
  func manyChannels() throws {
    let axis = AxisCase(window: 2, stride: 2, dilation: 1, length: 9)
    let shape = WindowCase(rows: axis, columns: axis, padding: .same, samples: 19, channels: 67)
    var generator = RandomGenerator(seed: 32)
    let inputs = values([19, 9, 9, 67], &generator)
    let direction = random([19, 5, 5, 67], seed: 33)
    let (outputs, gradients) = run(layer(shape), inputs, direction: direction)
    let (naive, naiveGradient) = naivePooling(shape, inputs, direction)
    #expect(outputs.isBitwiseEqual(to: naive))
    // Windows side by side: nothing is added up.
    #expect(gradients.inputs == naiveGradient)
  }

  @Test("has the gradients that differences tell where nothing is equal")
  func differences() throws {
    // Numbers further apart than the differences reach.
    var generator = RandomGenerator(seed: 34)
    let numbers = generator.permutation(of: 2 * 5 * 4 * 2).map { Float($0) / 10 }
    try expectGradients(
      MaxPool2D(poolSize: (3, 2), strides: (2, 1), padding: .same),
      FloatTensor(numbers, shape: [2, 5, 4, 2]))
  }

  @Test("leaves no room for what is outside: all of -∞ stays -∞")
  func negativeInfinity() {
    let (outputs, gradients) = run(
      MaxPool2D(poolSize: (3, 3), strides: (1, 1), padding: .same),
      FloatTensor(repeating: -.infinity, shape: [1, 2, 2, 1]),
      direction: FloatTensor([1, 10, 100, 1000], shape: [1, 2, 2, 1]))
    #expect(outputs.elements == [Float](repeating: -.infinity, count: 4))
    #expect(gradients.inputs?.elements == [1111, 0, 0, 0])
  }
}
