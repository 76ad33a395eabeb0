public import Checkpoint
public import SystemPackage

/// Saves checkpoints while training goes on, after
/// https://keras.io/api/callbacks/model_checkpoint.
///
/// Other than Keras: a checkpoint holds the exact position, so that a run can go on from it bit for
/// bit; the best value so far survives a resume; NaN and the infinities never become the best; a
/// frequency in batches works together with `saveBestOnly`, on validation values too; an unknown key
/// in the file name is an error before the training, not after its first epoch.
public final class ModelCheckpoint: Callback {
  /// When to save.
  public enum SaveFrequency: Sendable, Hashable {
    /// At the end of every n-th epoch, counted from the run's first.
    case epochs(Int)
    /// After every n-th batch, counted from the run's first over all epochs. Validation values, where
    /// they are monitored or are in the file name, are computed then and there.
    case batches(Int)

    /// At the end of every epoch.
    public static let epoch = SaveFrequency.epochs(1)
  }

  /// A moment around a save, for tests and demonstrations of crashes.
  public enum SaveEvent: Sendable, Hashable {
    /// The save to this path begins.
    case begins(FilePath)
    /// The save is done: it survives a crash. With `savesInBackground`: it is under way.
    case ended(FilePath)
  }

  /// Which value decides, as named in the logs: "val_loss", "val_acc".
  public let monitor: String
  /// Whether only checkpoints better than all before are saved.
  public let saveBestOnly: Bool
  /// Whether checkpoints leave out optimizer, position and generators: enough for predictions, not
  /// for a resume.
  public let saveWeightsOnly: Bool
  /// Whether more or less is better.
  public let mode: MetricMode
  /// When to save.
  public let saveFrequency: SaveFrequency
  /// The best value so far; nil before the first finite one.
  public private(set) var best: Double?

  let filePath: FilePath
  let verbose: Bool
  let savesInBackground: Bool
  let onSave: (@Sendable (SaveEvent) -> Void)?
  private let initialThreshold: Double?
  private var givenStore: CheckpointStore?
  private var target: SaveTarget?
  private var resolvedMode = MetricMode.min
  private var restored: JSONValue?
  private var hasWarned = false

  /// Saves under names of a template.
  ///
  /// - Parameters:
  ///   - filePath: directory and file name, the name with fields such as `{epoch:02d}`,
  ///     `{val_acc:.2f}`, `{batch}` and `{step:06d}`, in Python's format language. Epochs and batches
  ///     count from 1 there. A name that comes again replaces the checkpoint of that name.
  ///   - store: the directory's store, if it is open already.
  ///   - verbose: 1 to say what is saved and why, 0 not to.
  ///   - mode: with `auto` the monitored name decides; if it can't, training doesn't begin.
  ///   - initialThreshold: what the first value has to beat.
  ///   - savesInBackground: whether training goes on while the file is written. An error comes with
  ///     the next save, or at the end of the training.
  ///   - onSave: told just before a save and just after.
  public init(
    _ filePath: FilePath, store: CheckpointStore? = nil, monitor: String = "val_loss",
    verbose: Int = 0, saveBestOnly: Bool = false, saveWeightsOnly: Bool = false,
    mode: MetricMode = .auto, saveFrequency: SaveFrequency = .epoch,
    initialThreshold: Double? = nil, savesInBackground: Bool = false,
    onSave: (@Sendable (SaveEvent) -> Void)? = nil
  ) {
    self.filePath = filePath
    self.monitor = monitor
    self.verbose = verbose > 0
    self.saveBestOnly = saveBestOnly
    self.saveWeightsOnly = saveWeightsOnly
    self.mode = mode
    self.saveFrequency = saveFrequency
    self.initialThreshold = initialThreshold
    self.savesInBackground = savesInBackground
    self.onSave = onSave
    givenStore = store
  }

  /// Opens the store, checks the file name's keys, and after a resume finds the best value so far.
  public func onTrainBegin(_ training: TrainingSession) throws(TrainerError) {
    switch saveFrequency {
    case .epochs(let count), .batches(let count):
      guard count > 0 else {
        throw TrainerError(.invalidArgument, "ModelCheckpoint: a save frequency of \(count)")
      }
    }
    let target = try SaveTarget(filePath, store: givenStore ?? training.store(for: filePath))
    try target.template.check(available: SaveTarget.fixedKeys + training.logNames)
    self.target = target
    guard saveBestOnly else { return }
    do {
      resolvedMode = try mode.resolved(for: monitor)
      if let restored {
        best = restored["best"]?.numberValue
      } else if training.isResumed {
        // The callback is new to the run: what the store has of it counts.
        best = try target.best(monitor, mode: resolvedMode, of: training.model) ?? initialThreshold
      } else {
        best = best ?? initialThreshold
      }
      restored = nil
    } catch {
      throw TrainerError(.checkpoint, "ModelCheckpoint: \(error)", cause: error)
    }
  }

  /// Saves, if it is time.
  public func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    guard case .batches(let count) = saveFrequency, training.model.stepCount % count == 0 else {
      return
    }
    var logs = logs
    let wanted = (target?.template.keys ?? []) + (saveBestOnly ? [monitor] : [])
    if wanted.contains(where: { $0.hasPrefix("val_") }),
      let validation = try training.validationLogs()
    {
      logs = logs.appending(validation, prefix: "val_")
    }
    try save(epoch: training.completedEpochCount, batch: batch, logs: logs, training)
  }

  /// Saves, if it is time.
  public func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    guard case .epochs(let count) = saveFrequency, (epoch + 1) % count == 0 else { return }
    try save(epoch: epoch, batch: training.stepCount - 1, logs: logs, training)
  }

  /// Waits for saves in the background.
  public func onTrainEnd(logs: Logs, _ training: TrainingSession) throws(TrainerError) {
    try drain()
  }

  /// The best value so far.
  public var state: JSONValue {
    saveBestOnly ? ["best": best.map { .number($0) } ?? .null, "monitor": .string(monitor)] : .null
  }

  /// Takes back the best value, if it is of the same name.
  public func restore(_ state: JSONValue) throws(TrainerError) {
    guard state["monitor"]?.stringValue == monitor else { return }
    restored = state
  }

  /// Waits for saves in the background. `fit` calls it also when it ends with an error.
  func drain() throws(TrainerError) {
    do {
      try target?.store.finish()
    } catch {
      throw TrainerError(.checkpoint, "\(error)", cause: error)
    }
  }

  private func save(
    epoch: Int, batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    guard let target else { return }
    let name = try target.fileName(
      epoch: epoch, batch: batch, step: training.model.stepCount, logs: logs)
    let path = target.path(of: name)
    guard improves(epoch: epoch, logs: logs, path: path, training) else { return }
    onSave?(.begins(path))
    var checkpoint = try training.model.checkpoint(weightsOnly: saveWeightsOnly)
    checkpoint.metrics = logs.dictionary
    do {
      if savesInBackground {
        try target.store.saveInBackground(checkpoint, as: name)
      } else {
        try target.store.save(checkpoint, as: name)
      }
    } catch {
      throw TrainerError(.checkpoint, "\(error)", cause: error)
    }
    onSave?(.ended(path))
    if verbose, !savesInBackground {
      training.console.write("\nEpoch \(epoch + 1): finished saving model to \(path)\n")
    }
  }

  /// Whether there is something to save; says so, and notes the new best.
  private func improves(
    epoch: Int, logs: Logs, path: FilePath, _ training: TrainingSession
  ) -> Bool {
    func say(_ text: String) {
      if verbose { training.console.write("\nEpoch \(epoch + 1): \(text)\n") }
    }
    guard saveBestOnly else {
      say("saving model to \(path)")
      return true
    }
    guard let value = logs[monitor] else {
      // As Keras: better too many checkpoints than none.
      if !hasWarned {
        training.console.write(
          "warning: can save best model only with \(monitor) available; there are "
            + logs.names.joined(separator: ", ") + "; saving always\n")
        hasWarned = true
      }
      return true
    }
    let text = best.map { formatted($0, "f", precision: 5) } ?? "None"
    guard value.isFinite, best.map({ resolvedMode.isBetter(value, than: $0) }) ?? true else {
      say("\(monitor) did not improve from \(text)")
      return false
    }
    let new = formatted(value, "f", precision: 5)
    say("\(monitor) improved from \(text) to \(new), saving model to \(path)")
    best = value
    return true
  }
}
