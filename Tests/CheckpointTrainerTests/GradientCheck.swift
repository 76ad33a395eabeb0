import CheckpointTrainer
import Testing

/// Numbers of the normal distribution.
func random(_ shape: [Int], seed: UInt64) -> FloatTensor {
  var generator = RandomGenerator(seed: seed)
  return FloatTensor((0..<shape.reduce(1, *)).map { _ in generator.normal() }, shape: shape)
}

/// What a layer computes for a batch: outputs, and gradients in a direction.
func run(
  _ layer: some Layer, _ inputs: FloatTensor, _ variables: [FloatTensor] = [],
  direction: FloatTensor? = nil
) -> (outputs: FloatTensor, gradients: LayerGradients) {
  var pass = ForwardPass(
    isTraining: true, leavesOutActivation: false, generator: RandomGenerator(seed: 0))
  let outputs = layer.forward(inputs, variables: variables, pass: &pass)
  let direction = direction ?? random(outputs.shape, seed: 77)
  let gradients = layer.backward(
    direction, variables: variables, saved: pass.saved, wantsInputGradient: true)
  return (outputs, gradients)
}

/// Checks a layer's gradients against what differences tell.
func expectGradients(
  _ layer: some Layer, _ inputs: FloatTensor, _ variables: [FloatTensor] = [],
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let (outputs, gradients) = run(layer, inputs, variables)
  let direction = random(outputs.shape, seed: 77)
  /// The outputs in one direction: a number whose gradients are those asked for.
  func value(_ inputs: FloatTensor, _ variables: [FloatTensor]) -> Double {
    var pass = ForwardPass(
      isTraining: false, leavesOutActivation: false, generator: RandomGenerator(seed: 0))
    let outputs = layer.forward(inputs, variables: variables, pass: &pass)
    return zip(outputs.elements, direction.elements).reduce(0) {
      $0 + Double($1.0) * Double($1.1)
    }
  }
  func expect(
    _ gradient: FloatTensor, at point: FloatTensor, of value: (FloatTensor) -> Double
  ) {
    #expect(gradient.shape == point.shape, sourceLocation: sourceLocation)
    let step: Float = 1e-2
    for index in point.elements.indices {
      func moved(_ by: Float) -> Double {
        var moved = point
        moved.withUnsafeMutableElements { $0[index] += by }
        return value(moved)
      }
      let slope = (moved(step) - moved(-step)) / Double(2 * step)
      #expect(
        abs(slope - Double(gradient.elements[index])) < 2e-2, "at \(index)",
        sourceLocation: sourceLocation)
    }
  }
  expect(try #require(gradients.inputs), at: inputs) { value($0, variables) }
  #expect(gradients.variables.count == variables.count, sourceLocation: sourceLocation)
  for index in variables.indices {
    expect(gradients.variables[index], at: variables[index]) { changed in
      var all = variables
      all[index] = changed
      return value(inputs, all)
    }
  }
}
