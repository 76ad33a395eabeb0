// A multilayer perceptron on noise, with a checkpoint at every improvement: the first program of most
// introductions to checkpoints in Keras.
//
//   example-dummy-mlp [RUN] [EPOCHS]

import Checkpoint
import CheckpointTrainer
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

let arguments = CommandLine.arguments.dropFirst().map { $0 }
let run = FilePath(arguments.count > 0 ? arguments[0] : "dummy-run")
let epochs = arguments.count > 1 ? Int(arguments[1]) ?? 20 : 20

/// Images and labels that have nothing to do with each other.
func noise(_ count: Int, seed: UInt64) throws -> (FloatTensor, FloatTensor) {
  var generator = RandomGenerator(seed: seed)
  let pixels = (0..<count * 784).map { _ in generator.uniform() }
  let labels = (0..<count).map { _ in generator.integer(below: 10) }
  return (FloatTensor(pixels, shape: [count, 784]), try toCategorical(labels, classCount: 10))
}

do {
  let (images, labels) = try noise(1000, seed: 1)
  let validation = try noise(100, seed: 2)

  let model = try Sequential(
    [
      Dense(64, activation: .relu),
      Dense(64, activation: .relu),
      Dense(10, activation: .softmax),
    ], inputShape: [784])
  try model.compile(optimizer: "rmsprop", loss: "categorical_crossentropy", metrics: ["acc"])

  let callbacks: [any Callback] = [
    TensorBoard(run.appending("logs")),
    ModelCheckpoint(
      run.appending("weights-improvement-{epoch:02d}-{val_acc:.2f}.ckpt"), monitor: "val_acc",
      verbose: 1, saveBestOnly: true, mode: .max),
  ]
  try model.fit(
    images, labels, batchSize: 32, epochs: epochs, callbacks: callbacks,
    validationData: validation)
} catch {
  print("example-dummy-mlp: \(error)")
  exit(1)
}
