import CheckpointTrainer

/// Notes how long each epoch takes.
final class EpochClock: Callback {
  private(set) var seconds: [Double] = []
  private(set) var losses: [Double] = []
  private var start = ContinuousClock.now

  func onEpochBegin(_ epoch: Int, _ training: TrainingSession) throws(TrainerError) {
    start = .now
  }

  func onEpochEnd(_ epoch: Int, logs: Logs, _ training: TrainingSession) throws(TrainerError) {
    seconds.append((ContinuousClock.now - start) / .seconds(1))
    losses.append(logs["loss"] ?? .nan)
  }
}
