import CheckpointTrainer
import Testing

@Suite("The learning rate in the logs")
struct LoggedRateTests {
  private func rates(schedulerFirst: Bool) throws -> (history: [Double], seen: [Double]) {
    let training = ScriptedTraining([Double](repeating: 0, count: 7), rate: 0.002)
    let plateau = ReduceLROnPlateau(factor: 0.8294, patience: 1, minDelta: 0)
    let scheduler = LearningRateScheduler { epoch, rate in epoch >= 2 ? rate * 0.3922 : rate }
    let last = SeenRates()
    let model = try training.model()
    let history = try training.fit(
      model, (schedulerFirst ? [scheduler, plateau] : [plateau, scheduler]) + [last])
    return (history["learning_rate"], last.rates)
  }

  /// Keras 3.15's history of such a training.
  @Test("is what the last callback that logs it finds, as in Keras")
  func plateauThenScheduler() throws {
    let expected = [
      0.0020000000949949026, 0.001658800058066845, 0.0005395921762101352, 0.0001755242992658168,
      5.70964184589684e-05, 1.8572933186078444e-05, 6.041602318873629e-06,
    ]
    let found = try rates(schedulerFirst: false)
    #expect(found.history.count == expected.count)
    #expect(zip(found.history, expected).allSatisfy { abs($0 - $1) < 1e-9 }, "\(found.history)")
    #expect(found.seen == found.history)
  }

  @Test("is the rate the epoch was trained with, where the reduction comes last")
  func schedulerThenPlateau() throws {
    let found = try rates(schedulerFirst: true)
    #expect(found.history[0] == found.history[1])
    #expect(abs(found.history[2] - 0.002 * 0.8294 * 0.3922) < 1e-9)
    #expect(found.seen == found.history)
  }
}

private final class SeenRates: Callback {
  private(set) var rates: [Double] = []

  func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    rates.append(logs["learning_rate"] ?? .nan)
  }
}
