import CCheckpointShims
public import Checkpoint

/// One call of `fit`: what callbacks see of the training, and the loop itself.
public final class TrainingSession {
  /// The model that learns.
  public let model: Sequential
  /// How many epochs there are in all, those before a resume included.
  public let epochCount: Int
  /// Samples per step.
  public let batchSize: Int
  /// Samples per epoch, those for validation not counted.
  public var sampleCount: Int { data.sampleCount }
  /// Steps per epoch.
  public let stepCount: Int
  /// Where lines go.
  public let console: Console
  /// Whether the training goes on from a checkpoint.
  public let isResumed: Bool
  /// The store the training was resumed from, or would have been.
  public let store: CheckpointStore?

  /// Epochs completed, those before a resume included.
  public private(set) var completedEpochCount: Int
  /// Steps made in the epoch after those.
  public private(set) var completedBatchCount = 0

  /// Set by a callback to end the training: after the present batch, whose epoch ends with it, or
  /// after the present epoch where it has no batches left. As `stop_training` in Keras.
  public var stops = false

  let data: TrainingData
  let shuffles: Bool
  let callbacks: [any Callback]
  let stopSignal: StopSignal?
  /// The signal to stop for as if it had come; for tests.
  var pretendedSignal: Int32?
  private var warnings: Set<String> = []
  private var reporter: ProgressReporter
  private(set) var event = Position.Event.epoch
  /// For each callback whether it has been told of the event.
  var isTold: [Bool]
  private var sums: BatchSums
  private let objective: Objective
  /// The generator before it drew the present epoch's order.
  private var epochGenerator: RandomGenerator
  private var validated: (step: Int, logs: Logs)?

  init(
    of model: Sequential, objective: Objective, data: TrainingData, settings: FitSettings,
    from position: Position?, told: [Bool]?
  ) {
    self.model = model
    self.objective = objective
    self.data = data
    epochCount = settings.epochs
    batchSize = settings.batchSize
    stepCount = TrainingSession.stepCount(of: data, settings)
    console = settings.console
    store = settings.store
    shuffles = settings.shuffles
    callbacks = settings.callbacks
    stopSignal = settings.stopSignal
    reporter = ProgressReporter(
      console: console, verbosity: settings.verbosity, stepCount: stepCount)
    isResumed = position != nil
    completedEpochCount = position?.epoch ?? settings.initialEpoch ?? 0
    completedBatchCount = position?.batch ?? 0
    event = position?.event ?? .epoch
    isTold = told ?? [Bool](repeating: true, count: settings.callbacks.count)
    sums = position?.sums ?? BatchSums(of: objective)
    stops = position?.stops ?? false
    epochGenerator = model.shuffleGenerator
  }

  /// Trains to the end.
  func run() throws(TrainerError) {
    ckpt_memory_keep_freed()
    defer { ckpt_memory_return_freed() }
    for callback in callbacks { try callback.onTrainBegin(self) }
    try tellRemainingCallbacks()
    while completedEpochCount < epochCount && !(stops && event == .epoch) {
      try runEpoch()
      // After the last one, what is left to do is done, and `fit` sees to it.
      if completedEpochCount < epochCount, !stops { try stopIfAsked() }
    }
    let logs = model.history.logs.last ?? Logs()
    for callback in callbacks { try callback.onTrainEnd(logs: logs, self) }
  }

  private func runEpoch() throws(TrainerError) {
    let entersInTheMiddle = event == .batch
    if !entersInTheMiddle {
      completedBatchCount = 0
      sums = BatchSums(of: objective)
    }
    // On a resume in the middle the generator is in the state it had here.
    epochGenerator = model.shuffleGenerator
    let order =
      shuffles
      ? model.shuffleGenerator.permutation(of: data.sampleCount) : Array(0..<data.sampleCount)
    reporter.beginEpoch(completedEpochCount, of: epochCount, step: completedBatchCount)
    if !entersInTheMiddle {
      for callback in callbacks { try callback.onEpochBegin(completedEpochCount, self) }
    }
    while completedBatchCount < stepCount, !(stops && event == .batch) {
      for callback in callbacks { try callback.onBatchBegin(completedBatchCount, self) }
      let indices = order[
        completedBatchCount * batchSize..<min((completedBatchCount + 1) * batchSize, order.count)]
      try model.step(
        inputs: data.inputs.rows(at: indices), targets: data.targets.rows(at: indices),
        sums: &sums)
      completedBatchCount += 1
      event = .batch
      if reporter.showsSteps { reporter.endStep(completedBatchCount, logs: logs) }
      isTold = [Bool](repeating: false, count: callbacks.count)
      try tellBatchEnd()
      if stopRequest != nil { reporter.breakLine() }
      try stopIfAsked()
    }
    let logs = appendingLearningRate(
      to: self.logs.appending(try validationLogs() ?? Logs(), prefix: "val_"))
    model.history.append(epoch: completedEpochCount, logs)
    completedEpochCount += 1
    completedBatchCount = 0
    event = .epoch
    isTold = [Bool](repeating: false, count: callbacks.count)
    try tellEpochEnd(logs)
    reporter.endEpoch(logs: model.history.logs.last ?? logs)
  }

  /// Batches per epoch; "the whole data" may be asked for as a batch of `Int.max`.
  static func stepCount(of data: TrainingData, _ settings: FitSettings) -> Int {
    data.sampleCount == 0 ? 0 : (data.sampleCount - 1) / settings.batchSize + 1
  }

  /// Says what is amiss and doesn't end the training; the same only once.
  public func warn(_ text: String) {
    if warnings.insert(text).inserted { console.write("warning: \(text)\n") }
  }

  /// The running values of the present epoch.
  public var logs: Logs { sums.logs(of: objective) }

  /// The logs of the last event: those of the epoch that ended, or the running ones, with validation
  /// values if they have been asked for at this step.
  var presentLogs: Logs {
    if event == .epoch { return model.history.logs.last ?? Logs() }
    guard let validated, validated.step == model.stepCount else { return logs }
    return logs.appending(validated.logs, prefix: "val_")
  }

  /// The names that the logs of an epoch will have.
  public var logNames: [String] {
    let names = sums.logs(of: objective).names
    return names + (data.validation == nil ? [] : names.map { "val_" + $0 })
      + (logsLearningRate ? ["learning_rate"] : [])
  }

  /// Loss and metrics of the model as it is now on the validation data; nil without such data.
  /// Computed once per step, however often it is asked for.
  public func validationLogs() throws(TrainerError) -> Logs? {
    guard let validation = data.validation else { return nil }
    if let validated, validated.step == model.stepCount { return validated.logs }
    let logs = try model.evaluate(validation.inputs, validation.targets, batchSize: batchSize)
    validated = (model.stepCount, logs)
    return logs
  }

  /// Where the training stands.
  var position: Position {
    Position(
      event: event, epoch: completedEpochCount, batch: completedBatchCount,
      sums: sums, stops: stops,
      callbackStates: zip(callbacks, isTold).map { callback, isTold in
        Position.CallbackState(
          className: String(describing: type(of: callback)), state: callback.state,
          tensors: callback.tensors, isTold: isTold)
      },
      sampleCount: data.sampleCount, batchSize: batchSize, shuffles: shuffles)
  }

  /// The generator from which the order of the samples follows: in the middle of an epoch its state
  /// before the epoch.
  var shuffleGenerator: RandomGenerator {
    event == .batch ? epochGenerator : model.shuffleGenerator
  }
}
