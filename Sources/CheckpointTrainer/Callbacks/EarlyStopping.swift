public import Checkpoint

/// Ends the training when a value has stopped getting better. After
/// https://keras.io/api/callbacks/early_stopping.
///
/// Other than Keras: NaN and the infinities are never improvements, not even as the first value; a
/// resumed run decides as the uninterrupted one would have, since the best value, the count, and with
/// `restoreBestWeights` the best weights are part of every checkpoint.
public final class EarlyStopping: Callback {
  /// The value watched, as named in the logs.
  public var monitor: String { metric.name }
  /// How many epochs without improvement are one too many.
  public let patience: Int
  /// What the value must get better than for the count to begin anew; nil for nothing.
  public let baseline: Double?
  /// Whether the model has the best epoch's weights at the end.
  public let restoreBestWeights: Bool
  /// The first epoch, from 0, that is looked at.
  public let startFromEpoch: Int
  /// The best value so far; nil before the first finite one.
  public private(set) var best: Double?
  /// The epoch of the best value, from 0.
  public private(set) var bestEpoch = 0
  /// The epoch, from 0, after which training was stopped; 0 if it wasn't.
  public private(set) var stoppedEpoch = 0

  private var metric: MetricMonitor
  private let verbose: Bool
  private var wait = 0
  /// By the variables' names; empty if there are none.
  private var bestWeights: [String: FloatTensor] = [:]
  private var isRestored = false

  /// - Parameters:
  ///   - monitor: a name in the logs; "acc" and "accuracy" stand for each other.
  ///   - minDelta: what an improvement must be more than.
  ///   - verbose: 1 to say what is done; 0 not to.
  ///   - mode: with `auto` the monitored name decides; if it can't, training doesn't begin.
  public init(
    monitor: String = "val_loss", minDelta: Double = 0, patience: Int = 0, verbose: Int = 0,
    mode: MetricMode = .auto, baseline: Double? = nil, restoreBestWeights: Bool = false,
    startFromEpoch: Int = 0
  ) {
    metric = MetricMonitor(monitor, mode: mode, minDelta: minDelta)
    self.patience = patience
    self.baseline = baseline
    self.restoreBestWeights = restoreBestWeights
    self.startFromEpoch = startFromEpoch
    self.verbose = verbose > 0
  }

  /// Begins anew, unless a state was restored.
  ///
  /// - Throws: `.invalidArgument` if it is unclear what is better, `.invalidState` if the best weights
  ///   of the checkpoint are not those of the model.
  public func onTrainBegin(_ training: TrainingSession) throws(TrainerError) {
    try metric.resolve(for: "EarlyStopping")
    if !isRestored {
      (best, bestEpoch, stoppedEpoch, wait, bestWeights) = (nil, 0, 0, 0, [:])
    }
    isRestored = false
    guard !bestWeights.isEmpty else { return }
    let shapes = Dictionary(uniqueKeysWithValues: training.model.weights.map { ($0, $1.shape) })
    guard bestWeights.mapValues(\.shape) == shapes else {
      throw TrainerError(.invalidState, "EarlyStopping: the best weights are not the model's")
    }
  }

  /// Judges the epoch.
  public func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    guard let value = logs[monitor] else {
      training.warn(
        "Early stopping conditioned on metric `\(monitor)` which is not available. Available metrics "
          + "are: \(logs.names.joined(separator: ","))")
      return
    }
    guard epoch >= startFromEpoch else { return }
    if restoreBestWeights, bestWeights.isEmpty { note(epoch, training) }
    wait += 1
    if logs.hasFiniteLosses, metric.isImprovement(value, over: best) {
      best = value
      note(epoch, training)
      if baseline.map({ metric.isImprovement(value, over: $0) }) ?? true { wait = 0 }
    } else if wait >= patience, epoch > 0 {
      stoppedEpoch = epoch
      training.stops = true
    }
  }

  private func note(_ epoch: Int, _ training: TrainingSession) {
    bestEpoch = epoch
    guard restoreBestWeights else { return }
    bestWeights = Dictionary(uniqueKeysWithValues: training.model.weights.map { ($0, $1) })
  }

  /// Says that training was stopped; gives the model its best weights, if that is wanted.
  public func onTrainEnd(logs: Logs, _ training: TrainingSession) throws(TrainerError) {
    if verbose, stoppedEpoch > 0 {
      training.console.write("Epoch \(stoppedEpoch + 1): early stopping\n")
    }
    guard restoreBestWeights, !bestWeights.isEmpty else { return }
    if verbose {
      training.console.write(
        "Restoring model weights from the end of the best epoch: \(bestEpoch + 1).\n")
    }
    try training.model.setWeights(bestWeights)
  }
}

// MARK: What a checkpoint has of it
extension EarlyStopping {
  /// The best value, when it was, and the count.
  public var state: JSONValue {
    [
      "monitor": .string(monitor), "restore_best_weights": .bool(restoreBestWeights),
      "best": best.map { .number($0) } ?? .null, "best_epoch": .int(Int64(bestEpoch)),
      "stopped_epoch": .int(Int64(stoppedEpoch)), "wait": .int(Int64(wait)),
    ]
  }

  /// The best weights, as `best/<layer>/<variable>`; shared with the callback, not copied.
  public var tensors: [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (name, value) in bestWeights {
      tensors["best/" + name] = Tensor(value.elements, shape: value.shape)
    }
    return tensors
  }

  /// Takes both back, if they are of the same name, and the weights were kept if they are wanted.
  ///
  /// - Throws: `.resumeMismatch`, `.invalidState`, `.invalidConfiguration`.
  public func restore(
    _ state: JSONValue, tensors: [String: Tensor]
  ) throws(TrainerError) {
    let members = Configuration(state.objectValue ?? [:], of: "EarlyStopping")
    let saved = try members.string("monitor")
    guard saved == monitor else {
      throw TrainerError(.resumeMismatch, "it watched \(saved), not \(monitor)")
    }
    let keptWeights = try members.bool("restore_best_weights")
    if restoreBestWeights, !keptWeights {
      throw TrainerError(.resumeMismatch, "it kept no weights, and they are to be restored now")
    }
    let counts = (
      best: try members.count("best_epoch"), stopped: try members.count("stopped_epoch"),
      wait: try members.count("wait")
    )
    let value = try members.finiteNumber("best")
    var weights: [String: FloatTensor] = [:]
    for (name, tensor) in tensors where restoreBestWeights && name.hasPrefix("best/") {
      do {
        weights[String(name.dropFirst("best/".count))] = FloatTensor(
          try tensor.elements(as: Float.self), shape: tensor.shape)
      } catch {
        throw TrainerError(.invalidState, "EarlyStopping: \(name): \(error)", cause: error)
      }
    }
    guard !restoreBestWeights || value == nil || !weights.isEmpty else {
      throw TrainerError(.invalidState, "EarlyStopping: the best weights are not there")
    }
    (best, bestEpoch, stoppedEpoch, wait) = (value, counts.best, counts.stopped, counts.wait)
    bestWeights = weights
    isRestored = true
  }
}
