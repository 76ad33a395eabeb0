import Checkpoint
import CheckpointTrainer
import SystemPackage
import Testing

/// The training code of `README.md`, with paths in a temporary directory, fewer images and epochs.
@Suite("The README's training code works")
struct ReadmeTests {
  @Test("trains, and goes on")
  func trains() throws {
    let directory = try TemporaryDirectory()
    for epochs in [1, 2] {
      let digits = try DrawnDigits(trainingCount: 64, validationCount: 32)
        .images(in: directory.path.appending("digits"))
      let labels = try toCategorical(digits.trainingLabels, classCount: 10)
      let testLabels = try toCategorical(digits.validationLabels, classCount: 10)
      let model = try Sequential([
        Dense(64, activation: .relu), Dense(64, activation: .relu), Dense(10, activation: .softmax),
      ])
      try model.compile(
        optimizer: "rmsprop", loss: "categorical_crossentropy", metrics: ["accuracy"])
      let run = directory.path.appending("run")
      let history = try model.fit(
        digits.trainingImages, labels, epochs: epochs, verbose: 0,
        callbacks: [
          ModelCheckpoint(run.appending("weights-improvement-{epoch:02d}-{val_acc:.2f}.ckpt"))
        ],
        validationData: (digits.validationImages, testLabels),
        resumeFrom: try CheckpointStore(at: run))
      #expect(history.epochs.count == epochs)
      let latest = try #require(try CheckpointStore(at: run).latest())
      let restored = try Sequential(from: try CheckpointReader(latest.stored.path).load())
      #expect(restored.summary() == model.summary())
      let values = try restored.evaluate(digits.validationImages, testLabels)
      #expect(values["loss"] == history["val_loss"].last)
    }
  }
}
