import Checkpoint
import SystemPackage
import Testing

@testable import CheckpointTrainer

@Suite("LearningRateScheduler and TerminateOnNaN")
struct SmallCallbackTests {
  @Test("the rate is set, said, and in the logs, where Keras has it")
  func schedule() throws {
    let training = try SmallTraining()
    let lines = Lines()
    let model = try training.model()
    try training.fit(
      model, callbacks: [LearningRateScheduler(verbose: 1) { $0 == 0 ? $1 : $1 * 0.5 }], epochs: 2,
      lines: lines)
    #expect(
      lines.text.hasPrefix(
        "Epoch 1/2\n\nEpoch 1: LearningRateScheduler setting learning rate to 0.009999999776482582.\n"
      ))
    #expect(lines.text.contains("learning rate to 0.004999999888241291.\n"))
    #expect(lines.lines.last?.hasSuffix(" - learning_rate: 0.0050") == true)
    #expect(model.history["learning_rate"] == [0.009999999776482582, 0.004999999888241291])
    #expect(model.learningRate == 0.005)
  }

  @Test("the rate can be in the names of checkpoints, also of those within epochs")
  func rateInNames() throws {
    let directory = try TemporaryDirectory()
    let training = try SmallTraining()
    let path = directory.path.appending("{step}-{learning_rate:.3f}.ckpt")
    try training.fit(
      try training.model(),
      callbacks: [
        ModelCheckpoint(path, saveFrequency: .batches(4)), ModelCheckpoint(path),
        LearningRateScheduler { _, rate in rate * 0.5 },
      ], epochs: 1)
    #expect(
      try CheckpointStore(at: directory.path).list().map(\.fileName)
        == ["4-0.005.ckpt", "6-0.005.ckpt"])
  }

  @Test("a rate that is none ends the training", arguments: [Double.nan, .infinity, -1, 1e39])
  func impossibleRate(rate: Double) throws {
    let training = try SmallTraining()
    #expect {
      try training.fit(
        try training.model(), callbacks: [LearningRateScheduler { _, _ in rate }])
    } throws: { ($0 as? TrainerError)?.code == .invalidArgument }
  }

  @Test("the rate can be set for each batch")
  func eachBatch() throws {
    final class WarmUp: Callback {
      func onBatchBegin(_ batch: Int, _ training: TrainingSession) throws(TrainerError) {
        try training.setLearningRate(0.001 * Double(training.model.stepCount + 1))
      }
    }
    let training = try SmallTraining()
    let model = try training.model()
    try training.fit(model, callbacks: [WarmUp()])
    #expect(model.learningRate == Float(0.018))
  }

  private func diverging() throws -> (SmallTraining, Sequential) {
    let training = try SmallTraining()
    let model = try training.model()
    model.compile(
      optimizer: SGD(learningRate: .infinity), loss: CategoricalCrossentropy(),
      metrics: [Accuracy()])
    return (training, model)
  }

  @Test("a loss that is none ends the epoch with its batch, and the training")
  func terminate() throws {
    let (training, model) = try diverging()
    let lines = Lines()
    let directory = try TemporaryDirectory()
    let best = ModelCheckpoint(
      directory.path.appending("best.ckpt"), monitor: "val_accuracy", saveBestOnly: true)
    let recorder = EventRecorder()
    try training.fit(model, callbacks: [TerminateOnNaN(), best, recorder], lines: lines)
    #expect(lines.text.contains("Batch 1: Invalid loss, terminating training\n"))
    #expect(model.history.epochs == [0])
    #expect(model.stepCount == 2)
    // An accuracy it has, but no state worth keeping.
    #expect(model.history["val_accuracy"].allSatisfy { $0.isFinite })
    #expect(best.best == nil)
    #expect(try CheckpointStore(at: directory.path).list().isEmpty)
    #expect(recorder.events.count { $0.hasPrefix("end") } == 1)
    #expect(recorder.events.last?.hasPrefix("over") == true)
  }

  @Test("or with an error, if that is asked for")
  func raise() throws {
    let (training, model) = try diverging()
    let recorder = EventRecorder()
    #expect {
      try training.fit(model, callbacks: [TerminateOnNaN(raisesError: true), recorder])
    } throws: { error in
      (error as? TrainerError)?.code == .stopped
        && "\(error)".hasPrefix("NaN or Inf loss encountered at batch 1. Loss value: nan.")
    }
    #expect(!recorder.events.contains { $0.hasPrefix("over") })
  }
}
