import Checkpoint
import Foundation
import SystemPackage
import Testing

@testable import CheckpointTrainer

/// All callbacks on: whatever the moment at which the process ends, what is written in the end is what
/// the uninterrupted run wrote, and the same decisions were taken at the same epochs.
@Suite("A training with all callbacks")
struct AllCallbacksTests {
  let training: SmallTraining
  static let epochs = 9

  init() throws {
    var training = try SmallTraining()
    training.optimizer = SGD(learningRate: 0.4, momentum: 0.5)
    self.training = training
  }

  /// In one order or the other: those before the capture have been told of a moment, those after not.
  private func callbacks(
    in directory: FilePath, _ capture: any Callback, isFirst: Bool
  ) -> [any Callback] {
    let others: [any Callback] = [
      TerminateOnNaN(),
      LearningRateScheduler(verbose: 1) { epoch, rate in epoch == 2 ? rate * 0.75 : rate },
      ReduceLROnPlateau(factor: 0.5, patience: 1, verbose: 1, minDelta: 0.01, cooldown: 1),
      EarlyStopping(
        monitor: "val_acc", patience: 5, verbose: 1, restoreBestWeights: true),
      CSVLogger(directory.appending("log.csv")),
      TensorBoard(
        directory.appending("board"), histogramFrequency: 2, updateFrequency: .batches(5)),
    ]
    return isFirst ? [capture] + others : others + [capture]
  }

  private struct Outcome: Equatable {
    var csv: [UInt8]
    var points: [[EventReader.Point]]
  }

  private func outcome(in directory: FilePath) throws -> Outcome {
    let csv = URL(fileURLWithPath: directory.appending("log.csv").string)
    let points = try ["train", "validation"].map {
      try EventReader.points(in: directory.appending("board").appending($0))
    }
    for part in points {
      #expect(Set(part.map { "\($0.tag) \($0.step)" }).count == part.count, "a point comes twice")
    }
    return Outcome(csv: [UInt8](try Data(contentsOf: csv)), points: points)
  }

  @Test("is exactly resumed after any batch and any epoch", arguments: [true, false])
  func everyMoment(captureIsFirst: Bool) throws {
    let directory = try TemporaryDirectory()
    let capture = Capture(EventRecorder(), EventRecorder())
    let whole = try training.model()
    let lines = Lines()
    try training.fit(
      whole, callbacks: callbacks(in: directory.path, capture, isFirst: captureIsFirst),
      epochs: AllCallbacksTests.epochs, lines: lines)
    let expected = try outcome(in: directory.path)
    // Otherwise nothing was put to the test.
    #expect((3..<AllCallbacksTests.epochs).contains(whole.history.epochs.count))
    #expect(Set(whole.history["learning_rate"]).count > 2)
    #expect(lines.text.contains("Restoring model weights from the end of the best epoch"))

    for moment in capture.moments {
      // The files are those of the end: all that came after the checkpoint must go.
      let copy = try TemporaryDirectory()
      let path = copy.path.appending("run")
      try FileManager.default.copyItem(atPath: directory.path.string, toPath: path.string)
      let model = try Sequential(from: moment.checkpoint)
      let resumed = Lines()
      let history = try training.fit(
        model,
        callbacks: callbacks(
          in: path, Capture(EventRecorder(), EventRecorder()), isFirst: captureIsFirst),
        epochs: AllCallbacksTests.epochs, lines: resumed)
      #expect(history == whole.history, "\(moment.name)")
      #expect(try model.checkpoint().tensors == whole.checkpoint().tensors, "\(moment.name)")
      #expect(try model.checkpoint().blobs == whole.checkpoint().blobs, "\(moment.name)")
      #expect(try outcome(in: path) == expected, "\(moment.name)")
      // The header of the epoch that is entered is written again, the line of one that is over isn't.
      var tail = resumed.lines
      var all = lines.lines
      if moment.name.hasPrefix("end") {
        tail.removeAll { $0.hasPrefix("6/6") }
        all.removeAll { $0.hasPrefix("6/6") }
      } else {
        tail.removeFirst()
      }
      #expect(!tail.isEmpty)
      #expect(tail == all.suffix(tail.count), "\(moment.name)")
      #expect(!resumed.text.contains("warning"), "\(moment.name)")
    }
  }

  @Test("goes on through crash after crash, from files, to the same end", arguments: [2, 4, 7, 13])
  func crashes(batchesPerLife: Int) throws {
    let undisturbed = try TemporaryDirectory()
    let whole = try training.model()
    try training.fit(
      whole,
      callbacks: callbacks(in: undisturbed.path, EventRecorder(), isFirst: true),
      epochs: AllCallbacksTests.epochs)
    let directory = try TemporaryDirectory()
    let store = try CheckpointStore(at: directory.path.appending("checkpoints"))
    var lives = 0
    var model = try training.model()
    while lives < 100 {
      lives += 1
      model = try training.model(seed: UInt64(lives == 1 ? 9 : lives + 100))
      let saves = ModelCheckpoint(
        directory.path.appending("checkpoints").appending("last.ckpt"),
        saveFrequency: .batches(batchesPerLife > 2 ? 2 : 1))
      do {
        // The power goes before or after the save, by turns.
        let cut = PowerCut(after: batchesPerLife)
        try training.fit(
          model,
          callbacks: [saves] + callbacks(in: directory.path, cut, isFirst: lives % 2 == 0),
          epochs: AllCallbacksTests.epochs, resumeFrom: store)
        break
      } catch let error as TrainerError {
        try #require(error.code == .stopped, "\(error)")
      }
    }
    #expect(lives > 2)
    #expect(model.history == whole.history)
    // The lists differ in what saves, and so in the number that a callback's tensors have.
    let weights = { (model: Sequential) in model.weights.map(\.value) }
    #expect(weights(model) == weights(whole))
    #expect(model.learningRate == whole.learningRate)
    let csv = { (path: FilePath) in
      try Data(contentsOf: URL(fileURLWithPath: path.appending("log.csv").string))
    }
    #expect(try csv(directory.path) == csv(undisturbed.path))
    #expect(try outcome(in: directory.path) == outcome(in: undisturbed.path))
  }
}
