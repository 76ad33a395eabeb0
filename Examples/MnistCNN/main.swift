// A convolutional network on MNIST that survives whatever ends it: run it again, and it goes on from
// the batch it stood at. After https://keras.io/examples/vision/mnist_convnet.
//
//   example-mnist-cnn [RUN] [EPOCHS] [DATA] [SAMPLES]
//
// RUN is the directory for checkpoints, DATA one with the four MNIST files; digits are drawn there if
// it has none.

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
let run = FilePath(arguments.count > 0 ? arguments[0] : "mnist-run")
let epochs = arguments.count > 1 ? Int(arguments[1]) ?? 12 : 12
let data = FilePath(arguments.count > 2 ? arguments[2] : "digits")
let samples = arguments.count > 3 ? Int(arguments[3]) ?? .max : .max

do {
  let digits = try DrawnDigits().images(in: data)
  let count = max(1, min(samples, digits.trainingImages.rowCount))
  let images = digits.trainingImages.rows(0..<count).reshaped(to: [count, 28, 28, 1])
  let labels = try toCategorical(Array(digits.trainingLabels.prefix(count)), classCount: 10)
  let testImages = digits.validationImages
    .reshaped(to: [digits.validationImages.rowCount, 28, 28, 1])
  let testLabels = try toCategorical(digits.validationLabels, classCount: 10)

  let model = try Sequential(
    [
      Conv2D(32, kernelSize: (3, 3), activation: .relu),
      Conv2D(64, kernelSize: (3, 3), activation: .relu),
      MaxPool2D(poolSize: (2, 2)),
      Dropout(0.25),
      Flatten(),
      Dense(128, activation: .relu),
      Dropout(0.5),
      Dense(10, activation: .softmax),
    ], inputShape: [28, 28, 1], seed: 2018)
  try model.compile(
    optimizer: "adam", loss: "categorical_crossentropy", metrics: ["accuracy"])
  Console.standardOutput.write(model.summary())

  let store = try CheckpointStore(at: run)
  try model.fit(
    images, labels, batchSize: 128, epochs: epochs,
    callbacks: [
      // The newest state, every 10 batches; and each epoch that is better than all before it.
      ModelCheckpoint(run.appending("last.ckpt"), store: store, saveFrequency: .batches(10)),
      ModelCheckpoint(
        run.appending("weights-improvement-{epoch:02d}-{val_accuracy:.4f}.ckpt"), store: store,
        monitor: "val_accuracy", verbose: 1, saveBestOnly: true),
    ],
    validationData: (testImages, testLabels), resumeFrom: store, stopsOnSignals: true)

  // Rebuilt from the file alone, without the layers above.
  if let best = try store.best(by: "val_accuracy", mode: .max) {
    let rebuilt = try Sequential(from: try store.load(best))
    let score = try rebuilt.evaluate(testImages, testLabels, batchSize: 128)
    print("\(best.fileName): loss \(score["loss"] ?? .nan), accuracy \(score["accuracy"] ?? .nan)")
  }
} catch {
  print("example-mnist-cnn: \(error)")
  // As a shell reports the signal that ended a program.
  exit((error as? TrainerError)?.signal.map { 128 + $0 } ?? 1)
}
