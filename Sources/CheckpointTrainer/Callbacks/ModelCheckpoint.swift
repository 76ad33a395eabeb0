public import Checkpoint
public import SystemPackage

/// Saves checkpoints while training goes on, after
/// https://keras.io/api/callbacks/model_checkpoint.
///
/// Other than Keras: a checkpoint holds the exact position, so that a run can go on from it bit for
/// bit; the best value so far survives a resume; NaN and the infinities never become the best; a
/// frequency in batches works together with `saveBestOnly`, on validation values too; an unknown key
/// in the file name is an error before the training, not after its first epoch.
///
/// Where the store has a retention policy, its cadence decides when to save, unless `saveFrequency`
/// does; by a cadence the end of training is saved in any case, with the tag `final`. When
/// `fit(stopsOnSignals: true)` is told to stop, the state of that moment is saved, unless only the best
/// is.
public final class ModelCheckpoint: Callback {
  /// The mark of the checkpoint with which a run by a cadence ended. One that goes on for more epochs
  /// afterwards leaves it on the earlier end too.
  public static let finalTag = "final"

  /// Which value decides, as named in the logs: "val_loss", "val_acc".
  public let monitor: String
  /// Whether only checkpoints better than all before are saved.
  public let saveBestOnly: Bool
  /// Whether checkpoints leave out optimizer, position and generators: enough for predictions, not
  /// for a resume.
  public let saveWeightsOnly: Bool
  /// Whether more or less is better.
  public let mode: MetricMode
  /// When to save; nil to leave that to the store's policy.
  public let saveFrequency: SaveFrequency?
  /// The best value so far; nil before the first finite one.
  public internal(set) var best: Double?

  let filePath: FilePath
  let verbose: Bool
  let savesInBackground: Bool
  let onSave: (@Sendable (SaveEvent) -> Void)?
  private let initialThreshold: Double?
  private var givenStore: CheckpointStore?
  var restored: JSONValue?
  /// Batches since the last save, where that is what counts.
  var batchesSinceSave = 0
  var hasRestoredBatches = false

  // Of the training going on; made in `onTrainBegin`.
  var target: SaveTarget?
  var resolvedMode = MetricMode.min
  var hasWarned = false
  /// When it saves, the store's policy being known.
  var frequency = SaveFrequency.epoch
  var schedule: SaveSchedule?
  /// The metrics whose best the store's policy keeps.
  var trackedMetrics: [String] = []
  var record = SaveRecord()

  /// Seconds since some fixed moment, never going back: what a cadence goes by.
  var clock: () -> Double = Console.monotonicSeconds

  /// Saves under names of a template.
  ///
  /// - Parameters:
  ///   - filePath: directory and file name, the name with fields such as `{epoch:02d}`,
  ///     `{val_acc:.2f}`, `{batch}` and `{step:06d}`, in Python's format language. Epochs and batches
  ///     count from 1 there; a save in the middle of an epoch has that epoch's number, the one at the
  ///     end of training the last epoch's. A name that comes again replaces the checkpoint of that
  ///     name: where saves happen within epochs, `{step:08d}` tells them apart. A save on a signal
  ///     computes no validation values; if the name needs one, it is `stopped-step-<step>.ckpt`.
  ///   - store: the directory's store, if it is open already.
  ///   - verbose: 1 to say what is saved and why, and what the store's policy removed; 0 not to.
  ///   - mode: with `auto` the monitored name decides; if it can't, training doesn't begin.
  ///   - saveFrequency: when to save; by default the cadence of the policy that the store has when
  ///     training begins, if it has one with a cadence, else at the end of every epoch.
  ///   - initialThreshold: what the first value has to beat.
  ///   - savesInBackground: whether training goes on while the file is written. An error comes with
  ///     the next save, or at the end of the training.
  ///   - onSave: told just before a save and just after.
  public init(
    _ filePath: FilePath, store: CheckpointStore? = nil, monitor: String = "val_loss",
    verbose: Int = 0, saveBestOnly: Bool = false, saveWeightsOnly: Bool = false,
    mode: MetricMode = .auto, saveFrequency: SaveFrequency? = nil,
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

  /// Opens the store, checks the file name's keys, takes the store's policy into account, and after a
  /// resume finds the best value so far.
  public func onTrainBegin(_ training: TrainingSession) throws(TrainerError) {
    switch saveFrequency {
    case .epochs(let count), .batches(let count):
      guard count > 0 else {
        throw TrainerError(.invalidArgument, "ModelCheckpoint: a save frequency of \(count)")
      }
    case .cadence, nil: break
    }
    let target = try SaveTarget(filePath, store: givenStore ?? training.store(for: filePath))
    try target.template.check(available: SaveTarget.fixedKeys + training.logNames)
    self.target = target
    followPolicy(of: target, training)
    if case .batches(let count) = frequency, !hasRestoredBatches {
      batchesSinceSave = training.isResumed ? training.model.stepCount % count : 0
    }
    hasRestoredBatches = false
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

  /// Begins to measure the epoch, where the cadence needs that.
  public func onEpochBegin(_ epoch: Int, _ training: TrainingSession) throws(TrainerError) {
    schedule?.epochBegan(atSeconds: clock())
  }

  /// Saves, if it is time.
  public func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    switch frequency {
    case .batches(let count):
      batchesSinceSave += 1
      guard batchesSinceSave >= count else { return }
      batchesSinceSave = 0
    case .cadence:
      guard schedule?.batchEnded(atSeconds: clock()) == true else { return }
    case .epochs: return
    }
    try saveInEpoch(batch: batch, logs: logs, training)
  }

  /// Saves, if it is time.
  public func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    record.endedStep = training.model.stepCount
    var isFinal = false
    switch frequency {
    case .epochs(let count):
      guard (epoch + 1) % count == 0 else { return }
    case .cadence:
      let isDue = schedule?.epochEnded(atSeconds: clock()) ?? false
      isFinal = training.completedEpochCount == training.epochCount || training.stops
      guard isDue || isFinal else { return }
    case .batches: return
    }
    try saveEpoch(epoch, logs: logs, isFinal: isFinal, training)
  }

  /// Saves the end by a cadence, if that isn't done; waits for saves in the background.
  public func onTrainEnd(logs: Logs, _ training: TrainingSession) throws(TrainerError) {
    if schedule != nil { try saveEnd(logs: logs, training) }
    try drain()
    tellPruning(training)
  }
}
