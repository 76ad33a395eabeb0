import Checkpoint
import CheckpointTrainer
import SystemPackage
import Testing

@Suite("Training on drawn digits")
struct DigitTrainingTests {
  let directory: TemporaryDirectory
  private(set) var training: DigitTraining
  private let lines = Lines()

  init() throws {
    directory = try TemporaryDirectory()
    training = DigitTraining(runDirectory: directory.path.appending("run"))
    training.dataDirectory = directory.path.appending("digits")
    training.digits = DrawnDigits(trainingCount: 300, validationCount: 60)
    training.hiddenUnits = [32]
    training.epochs = 5
    training.console = lines.console
  }

  @Test("learns, saves each epoch, and does nothing when called again")
  func learns() throws {
    let result = try training.run()
    let accuracy = result.history["val_acc"]
    #expect(try #require(accuracy.first) < 0.5)
    #expect(try #require(accuracy.last) > 0.55)
    #expect(result.evaluation["accuracy"] == accuracy.last)
    let store = try CheckpointStore(at: training.runDirectory)
    #expect(try store.list().count == 5)
    #expect(lines.text.contains("saving model to \(directory.path)/run/epoch-005-0."))

    let again = try training.run()
    #expect(again.history == result.history)
    #expect(again.model.stepCount == result.model.stepCount)
    #expect(try store.list().count == 5)
  }

  @Test("interrupted and called again reaches the same weights")
  mutating func resumes() throws {
    training.dropoutRate = 0.2
    training.epochs = 2
    let whole = try training.run().model.checkpoint()

    training.runDirectory = directory.path.appending("broken")
    let every = ModelCheckpoint(
      training.runDirectory.appending("last.ckpt"), saveFrequency: .batches(3))
    #expect(throws: TrainerError.self) {
      try training.run(callbacks: [every, PowerCut(after: 14)])
    }
    let resumed = try training.run(callbacks: [every])
    #expect(
      lines.text.contains("Resuming from \(training.runDirectory)/last.ckpt: 1 of 2 epochs done"))
    #expect(try resumed.model.checkpoint().tensors == whole.tensors)
  }
}
