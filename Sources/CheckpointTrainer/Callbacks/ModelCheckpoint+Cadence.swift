import Checkpoint

/// When it is time: the store's policy, its cadence, the end of training, a signal.
extension ModelCheckpoint {
  /// Looks at the store's policy: for the cadence, if `saveFrequency` leaves that open, and for
  /// metrics that it will ask for in vain.
  func followPolicy(of target: SaveTarget, _ training: TrainingSession) {
    var policy: RetentionPolicy?
    do throws(CheckpointError) {
      policy = try target.store.effectivePolicy()
    } catch {
      training.warn("the directory's policy is left out of account: \(error)")
    }
    frequency = saveFrequency ?? policy?.cadence.map { .cadence($0) } ?? .epoch
    trackedMetrics = policy?.trackedMetrics.map(\.name) ?? []
    record = SaveRecord()
    schedule = nil
    if case .cadence(let cadence) = frequency {
      schedule = SaveSchedule(cadence, startSeconds: clock())
      warnOfCollisions(cadence, target, training)
    }
    let names = training.logNames
    for metric in trackedMetrics where !names.contains(metric) {
      if let alias = Logs.alias(of: metric), names.contains(alias) { continue }
      training.warn(
        "no checkpoint will be kept as the best by \"\(metric)\", which this training doesn't "
          + "report; there are " + names.joined(separator: ", "))
    }
  }

  /// A template without fields means to have one file; one with fields means to tell saves apart.
  private func warnOfCollisions(
    _ cadence: SaveCadence, _ target: SaveTarget, _ training: TrainingSession
  ) {
    let keys = target.template.keys
    guard cadence.savesWithinEpochs, !keys.isEmpty, !keys.contains("step"), !keys.contains("batch")
    else { return }
    training.warn(
      "saves within one epoch may replace each other, since '\(target.template.text)' has neither "
        + "{step} nor {batch}")
  }

  // MARK: Saving when it is time

  /// Whether saves in the middle of an epoch need validation values: for the name, for the judgement,
  /// or for the policy to rank them.
  private var wantsValidation: Bool {
    ((target?.template.keys ?? []) + (saveBestOnly ? [monitor] : []) + trackedMetrics)
      .contains { $0.hasPrefix("val_") }
  }

  /// In the middle of an epoch.
  func saveInEpoch(
    batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    let start = clock()
    var logs = logs
    if wantsValidation, let validation = try training.validationLogs() {
      logs = logs.appending(validation, prefix: "val_")
    }
    logs = training.appendingLearningRate(to: logs)
    try save(epoch: training.completedEpochCount, batch: batch, logs: logs, training)
    // Also if the value was no better: judging it has cost a validation.
    noteCost(since: start)
  }

  /// At the end of an epoch.
  func saveEpoch(
    _ epoch: Int, logs: Logs, isFinal: Bool, _ training: TrainingSession
  ) throws(TrainerError) {
    let start = clock()
    let isSaved = try save(
      epoch: epoch, batch: training.stepCount - 1, logs: logs, isFinal: isFinal, training)
    var isBoundToEpochs = true
    if case .cadence(let cadence) = frequency { isBoundToEpochs = !cadence.savesWithinEpochs }
    // A value that was no better has cost nothing: the next epoch's may be judged at once. But not
    // the next batch's.
    if isSaved || !isBoundToEpochs { noteCost(since: start) }
  }

  private func noteCost(since start: Double) {
    let now = clock()
    schedule?.saved(atSeconds: now, costSeconds: max(0, now - start))
  }

  /// Sees to it that the state at the end is saved with the tag of the end: for a run that a later
  /// callback has ended, or one that had nothing left to train.
  func saveEnd(logs: Logs, _ training: TrainingSession) throws(TrainerError) {
    guard let target, training.completedEpochCount > 0, !logs.entries.isEmpty else { return }
    // Resumed in the middle of an epoch that is one too many: no end of anything.
    guard training.completedBatchCount == 0 else { return }
    let step = training.model.stepCount
    let isSaved = record.savedStep == step
    if isSaved && record.isFinal { return }
    if saveBestOnly {
      // A state that has been judged isn't judged again; one that was found best gets its tag.
      guard isSaved || (record.endedStep == step && record.judgedStep != step) else { return }
    } else {
      do {
        if try target.hasEnd(of: training.model, weightsOnly: saveWeightsOnly) { return }
      } catch {
        throw TrainerError(.checkpoint, "\(error)", cause: error)
      }
    }
    try save(
      epoch: training.completedEpochCount - 1, batch: training.stepCount - 1, logs: logs,
      isFinal: true, isBest: isSaved, training)
  }

  /// Saves the state at which training is about to stop, unless that is done, and waits until all
  /// saves are done.
  ///
  /// Computes no validation values: whoever sends a signal may not wait long.
  ///
  /// - Returns: whether a run can go on from there; not with `saveBestOnly`, whose file isn't to be
  ///   replaced by what is no better, nor with `saveWeightsOnly`.
  func saveStop(_ training: TrainingSession) throws(TrainerError) -> Bool {
    guard !saveBestOnly, let target else {
      try drain()
      return false
    }
    let step = training.model.stepCount
    if record.savedStep != step {
      let isEpochOver = training.completedBatchCount == 0
      let epoch = training.completedEpochCount - (isEpochOver ? 1 : 0)
      let batch = (isEpochOver ? training.stepCount : training.completedBatchCount) - 1
      let logs = training.presentLogs
      let name =
        (try? target.fileName(epoch: epoch, batch: batch, step: step, logs: logs))
        ?? target.stopName(step: step)
      say("saving model to \(target.path(of: name))", epoch: epoch, training)
      try write(as: name, epoch: epoch, logs: logs, training)
    }
    try drain()
    return !saveWeightsOnly
  }
}

extension SaveCadence {
  /// Whether saves may fall into the middle of an epoch, so that an epoch can have several.
  package var savesWithinEpochs: Bool {
    if case .cost = self { true } else { false }
  }
}
