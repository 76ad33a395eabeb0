import Checkpoint
import CheckpointTrainer

/// A training of a small convolutional network with everything in it that could spoil a resume:
/// dropout on images and vectors, shuffling, a short last batch, momentum, validation.
struct SmallImageTraining {
  var optimizer: any Optimizer = RMSprop(learningRate: 0.01, momentum: 0.5)
  let inputs: FloatTensor
  let targets: FloatTensor

  init() throws {
    inputs = random([22, 6, 5, 2], seed: 43)
    var generator = RandomGenerator(seed: 44)
    targets = try toCategorical(
      (0..<22).map { _ in generator.integer(below: 3) }, classCount: 3)
  }

  func model(seed: UInt64 = 9) throws -> Sequential {
    let model = try Sequential(
      [
        Conv2D(4, kernelSize: (3, 2), activation: .relu),
        Conv2D(5, kernelSize: (2, 2), strides: (2, 1), padding: .same), ActivationLayer(.tanh),
        MaxPool2D(poolSize: (2, 2), strides: (1, 1)), Dropout(0.25), Flatten(),
        Dense(8, activation: .relu, kernelInitializer: .heNormal), Dropout(0.5),
        Dense(3, activation: .softmax),
      ], inputShape: [6, 5, 2], seed: seed)
    model.compile(optimizer: optimizer, loss: CategoricalCrossentropy(), metrics: [Accuracy()])
    return model
  }

  @discardableResult
  func fit(
    _ model: Sequential, callbacks: [any Callback] = [], epochs: Int = 3,
    resumeFrom store: CheckpointStore? = nil, lines: Lines = Lines()
  ) throws -> History {
    try model.fit(
      inputs, targets, batchSize: 4, epochs: epochs, verbose: 2, callbacks: callbacks,
      validationSplit: 0.2, resumeFrom: store, console: lines.console)
  }
}
