import Checkpoint
import Foundation
import SystemPackage
import Testing

@testable import CheckpointTrainer

/// Writes logs for `Scripts/tensorboard-test`, which has TensorBoard itself read them.
@Suite("Logs for the real TensorBoard")
struct TensorBoardSampleTests {
  static let directory = ProcessInfo.processInfo.environment["CKPT_TENSORBOARD_DIRECTORY"]

  @Test("are written, with what is to be read", .enabled(if: directory != nil))
  func write() throws {
    let directory = FilePath(try #require(TensorBoardSampleTests.directory))
    let plain = try run(in: directory.appending("plain"), lives: [nil])
    let crashed = try run(in: directory.appending("crashed"), lives: [5, 1, 9, 7, nil])
    #expect(plain == crashed)
    try Data(plain.text().utf8).write(
      to: URL(fileURLWithPath: directory.appending("expected.json").string))
  }

  /// Trains, life after life, each ending after so many batches.
  ///
  /// - Returns: what the files should have: for each directory and tag its steps and values.
  private func run(in directory: FilePath, lives: [Int?]) throws -> JSONValue {
    let training = try SmallTraining()
    let checkpoints = try TemporaryDirectory()
    let recorder = BatchLogs()
    var model = try training.model()
    for life in lives {
      model = try training.model()
      let callbacks: [any Callback] = [
        recorder, ReduceLROnPlateau(patience: 0, minDelta: 10),
        TensorBoard(directory, histogramFrequency: 1, updateFrequency: .batches(4)),
        ModelCheckpoint(checkpoints.path.appending("a.ckpt"), saveFrequency: .batches(3)),
      ]
      do {
        try training.fit(
          model, callbacks: callbacks + (life.map { [PowerCut(after: $0)] } ?? []), epochs: 4,
          resumeFrom: CheckpointStore(at: checkpoints.path))
      } catch let error as TrainerError {
        try #require(error.code == .stopped, "\(error)")
      }
    }
    var train = JSONObject()
    var validation = JSONObject()
    for name in ["loss", "accuracy", "learning_rate"] {
      train["epoch_" + name] = series(model.history[name]) { $0 }
      if name == "learning_rate" { continue }
      train["batch_" + name] = .array(
        stride(from: 4, through: 24, by: 4).map { step in
          [.int(Int64(step)), .number(Double(Float(recorder.logs[step]?[name] ?? .nan)))]
        })
      validation["epoch_" + name] = series(model.history["val_" + name]) { $0 }
      validation["evaluation_\(name)_vs_iterations"] = series(model.history["val_" + name]) {
        ($0 + 1) * 6
      }
    }
    return ["train": .object(train), "validation": .object(validation)]
  }

  private func series(_ values: [Double], step: (Int) -> Int) -> JSONValue {
    .array(
      values.enumerated().map { [.int(Int64(step($0))), .number(Double(Float($1)))] })
  }
}

/// The running values after each batch, by the step from 1.
private final class BatchLogs: Callback {
  private(set) var logs: [Int: Logs] = [:]

  func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    self.logs[training.model.stepCount] = logs
  }
}
