import Checkpoint
import Synchronization

@testable import CheckpointTrainer

/// A clock that goes on by a set time with each batch, and with each save of the callbacks it makes.
/// To be told of batches before they are.
final class FakeClock: Callback, Sendable {
  private let storage = Mutex(0.0)
  private let batchSeconds: Double
  private let saveSeconds: Double

  init(batchSeconds: Double, saveSeconds: Double = 0) {
    self.batchSeconds = batchSeconds
    self.saveSeconds = saveSeconds
  }

  private func advance(_ seconds: Double) { storage.withLock { $0 += seconds } }

  func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    advance(batchSeconds)
  }

  /// A callback that goes by this clock.
  func saves(
    _ path: FilePath, store: CheckpointStore? = nil, monitor: String = "val_loss",
    verbose: Int = 0, bestOnly: Bool = false, frequency: ModelCheckpoint.SaveFrequency? = nil
  ) -> ModelCheckpoint {
    let callback = ModelCheckpoint(
      path, store: store, monitor: monitor, verbose: verbose, saveBestOnly: bestOnly,
      saveFrequency: frequency, onSave: { if case .begins = $0 { self.advance(self.saveSeconds) } })
    callback.clock = { self.storage.withLock { $0 } }
    return callback
  }
}

/// Ends the training after an epoch, as early stopping does.
final class Stopper: Callback {
  private let epoch: Int

  init(after epoch: Int) { self.epoch = epoch }

  func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    if epoch + 1 == self.epoch { training.stops = true }
  }
}

/// Makes the training believe that a signal has come.
final class PretendedSignal: Callback {
  private let step: Int
  private let atEpochEnd: Bool

  init(atStep step: Int, atEpochEnd: Bool = false) {
    self.step = step
    self.atEpochEnd = atEpochEnd
  }

  func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    if !atEpochEnd, training.model.stepCount == step { training.pretendedSignal = 15 }
  }

  func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    if atEpochEnd, training.model.stepCount == step { training.pretendedSignal = 15 }
  }
}
