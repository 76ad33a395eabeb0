import Testing

@testable import CheckpointTrainer

@Suite("Dropout's mask")
struct DropoutMaskTests {
  @Test(
    "drops what draws a number below the rate, in the order of the elements",
    arguments: [1e-8, 0.1, 0.25, 0.3, 0.5, 0.999_999_9] as [Float])
  func definition(rate: Float) {
    let inputs = FloatTensor((1...1001).map { Float($0) }, shape: [7, 143])
    var pass = ForwardPass(
      isTraining: true, leavesOutActivation: false, generator: RandomGenerator(seed: 5))
    let outputs = Dropout(rate).forward(inputs, variables: [], pass: &pass)
    var generator = RandomGenerator(seed: 5)
    let expected = inputs.elements.map { $0 * (generator.uniform() < rate ? 0 : 1 / (1 - rate)) }
    #expect(outputs.elements == expected)
    #expect(pass.generator == generator)
  }
}
