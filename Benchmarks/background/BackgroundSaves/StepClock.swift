import CheckpointTrainer

/// Notes how long each step takes, from one batch's begin to the next one's: with what callbacks do in between.
final class StepClock: Callback {
  private(set) var seconds: [Double] = []
  private var start: ContinuousClock.Instant?

  func onBatchBegin(_ batch: Int, _ training: TrainingSession) throws(TrainerError) {
    let now = ContinuousClock.now
    if let start { seconds.append((now - start) / .seconds(1)) }
    start = now
  }
}
