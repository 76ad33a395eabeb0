public import Checkpoint

/// Reduces the learning rate when a value has stopped getting better. After
/// https://keras.io/api/callbacks/reduce_lr_on_plateau.
///
/// Other than Keras: NaN and the infinities are never improvements, not even as the first value; a
/// resumed run goes on counting where the checkpoint stands.
public final class ReduceLROnPlateau: Callback {
  /// The value watched, as named in the logs.
  public var monitor: String { metric.name }
  /// What the rate is multiplied by.
  public let factor: Double
  /// How many epochs without improvement are one too many.
  public let patience: Int
  /// How many epochs nothing is counted after a reduction.
  public let cooldown: Int
  /// The rate is not reduced below this.
  public let minLearningRate: Double
  /// The best value so far; nil before the first finite one.
  public private(set) var best: Double?

  private var metric: MetricMonitor
  private let verbose: Bool
  private var wait = 0
  private var cooldownCounter = 0
  private var isRestored = false

  /// - Parameters:
  ///   - monitor: a name in the logs; "acc" and "accuracy" stand for each other.
  ///   - factor: below 1.
  ///   - verbose: 1 to say what is set; 0 not to.
  ///   - mode: with `auto` the monitored name decides; if it can't, training doesn't begin.
  ///   - minDelta: what an improvement must be more than.
  public init(
    monitor: String = "val_loss", factor: Double = 0.1, patience: Int = 10, verbose: Int = 0,
    mode: MetricMode = .auto, minDelta: Double = 1e-4, cooldown: Int = 0,
    minLearningRate: Double = 0
  ) {
    metric = MetricMonitor(monitor, mode: mode, minDelta: minDelta)
    self.factor = factor
    self.patience = patience
    self.cooldown = cooldown
    self.minLearningRate = minLearningRate
    self.verbose = verbose > 0
  }

  /// The rate is in the logs of each epoch, as it was before a reduction at its end.
  public var logsLearningRate: Bool { true }

  /// Checks the settings; begins anew unless a state was restored.
  public func onTrainBegin(_ training: TrainingSession) throws(TrainerError) {
    guard factor < 1, factor >= 0, minLearningRate >= 0 else {
      throw TrainerError(
        .invalidArgument,
        "ReduceLROnPlateau: a factor of \(factor) and a minimum of \(minLearningRate); the factor "
          + "must be in 0..<1, the minimum not negative")
    }
    try metric.resolve(for: "ReduceLROnPlateau")
    if !isRestored { (best, wait, cooldownCounter) = (nil, 0, 0) }
    isRestored = false
  }

  /// Judges the epoch.
  public func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    guard let value = logs[monitor] else {
      training.warn(
        "Learning rate reduction is conditioned on metric `\(monitor)` which is not available. "
          + "Available metrics are: \(logs.names.joined(separator: ",")).")
      return
    }
    if cooldownCounter > 0 {
      cooldownCounter -= 1
      wait = 0
    }
    if metric.isImprovement(value, over: best) {
      best = value
      wait = 0
    } else if cooldownCounter == 0 {
      wait += 1
      if wait >= patience { try reduce(epoch, training) }
    }
  }

  private func reduce(_ epoch: Int, _ training: TrainingSession) throws(TrainerError) {
    guard let rate = training.model.learningRate, rate > Float(minLearningRate) else { return }
    let reduced = max(Double(rate) * factor, minLearningRate)
    try training.setLearningRate(reduced)
    if verbose {
      training.console.write(
        "\nEpoch \(epoch + 1): ReduceLROnPlateau reducing learning rate to \(reduced).\n")
    }
    cooldownCounter = cooldown
    wait = 0
  }

  /// The best value and the counters.
  public var state: JSONValue {
    [
      "monitor": .string(monitor), "best": best.map { .number($0) } ?? .null,
      "wait": .int(Int64(wait)), "cooldown": .int(Int64(cooldownCounter)),
    ]
  }

  /// Takes them back, if they are of the same name.
  ///
  /// - Throws: `.resumeMismatch`, `.invalidState`, `.invalidConfiguration`.
  public func restore(_ state: JSONValue) throws(TrainerError) {
    let members = Configuration(state.objectValue ?? [:], of: "ReduceLROnPlateau")
    let saved = try members.string("monitor")
    guard saved == monitor else {
      throw TrainerError(.resumeMismatch, "it watched \(saved), not \(monitor)")
    }
    let counts = (wait: try members.count("wait"), cooldown: try members.count("cooldown"))
    best = try members.finiteNumber("best")
    (wait, cooldownCounter) = counts
    isRestored = true
  }
}
