/// Sets the learning rate of each epoch. After
/// https://keras.io/api/callbacks/learning_rate_scheduler.
///
/// ```swift
/// LearningRateScheduler { epoch, rate in epoch < 10 ? rate : rate * 0.9 }
/// ```
///
/// The rate is part of a checkpoint: a run that is resumed in the middle of an epoch has it, and the
/// schedule is asked again where the next epoch begins.
public final class LearningRateScheduler: Callback {
  private let schedule: (_ epoch: Int, _ rate: Double) -> Double
  private let verbose: Bool

  /// - Parameters:
  ///   - verbose: 1 to say what is set; 0 not to.
  ///   - schedule: gives the rate of an epoch, counted from 0, from the present rate. To be resumable
  ///     it must depend on nothing else.
  public init(
    verbose: Int = 0, _ schedule: @escaping (_ epoch: Int, _ rate: Double) -> Double
  ) {
    self.schedule = schedule
    self.verbose = verbose > 0
  }

  /// The rate is in the logs of each epoch.
  public var logsLearningRate: Bool { true }

  /// Sets the epoch's rate.
  ///
  /// - Throws: `.invalidArgument` for a rate that is negative or not finite.
  public func onEpochBegin(_ epoch: Int, _ training: TrainingSession) throws(TrainerError) {
    let rate = schedule(epoch, Double(training.model.learningRate ?? 0))
    try training.setLearningRate(rate)
    if verbose {
      training.console.write(
        "\nEpoch \(epoch + 1): LearningRateScheduler setting learning rate to \(rate).\n")
    }
  }
}
