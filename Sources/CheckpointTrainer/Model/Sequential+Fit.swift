public import Checkpoint

extension Sequential {
  /// Trains. After https://keras.io/api/models/model_training_apis/#fit-method.
  ///
  /// Goes on from a checkpoint if `resumeFrom` has one that can be gone on from, or if the model was
  /// restored from one: weights, optimizer, history and every value printed from there on are bit for
  /// bit those of a run that was never interrupted, provided the data, the batch size and the
  /// callbacks are the same. Callbacks get their states back by class and order; if the list is
  /// another one than before, it is said which could not.
  ///
  /// - Parameters:
  ///   - inputs: samples; the first axis counts them.
  ///   - targets: as many.
  ///   - epochs: how many in all, those before a resume included.
  ///   - validationSplit: the share of the samples, from their end, to validate with.
  ///   - validationData: samples to validate with.
  ///   - shuffle: whether each epoch takes the samples in another order.
  ///   - initialEpoch: the first epoch, from 0; if given, a restored position is disregarded.
  ///   - resumeFrom: a store whose newest sound checkpoint is gone on from, if it has one; so one
  ///     program serves for the first start and for all later ones.
  ///   - stopsOnSignals: whether SIGTERM (preemption) and SIGINT (Ctrl-C) stop the training in order:
  ///     the batch is finished, each `ModelCheckpoint` saves the state unless it saves the best only,
  ///     saves in the background are waited for, and an error is thrown with code `interrupted`; a
  ///     run with `resumeFrom` goes on exactly there. A second signal ends the process at once. Takes
  ///     the process's handlers of these signals until it returns.
  /// - Returns: what was reported for each epoch, those before a resume included.
  /// - Throws: `TrainerError`; errors of callbacks.
  @discardableResult
  public func fit(
    _ inputs: FloatTensor, _ targets: FloatTensor, batchSize: Int = 32, epochs: Int = 1,
    verbose: Verbosity = .automatic, callbacks: [any Callback] = [],
    validationSplit: Double = 0, validationData: (FloatTensor, FloatTensor)? = nil,
    shuffle: Bool = true, initialEpoch: Int? = nil, resumeFrom store: CheckpointStore? = nil,
    stopsOnSignals: Bool = false, console: Console = .standardOutput
  ) throws(TrainerError) -> History {
    guard epochs >= 0, (initialEpoch ?? 0) >= 0 else {
      throw TrainerError(.invalidArgument, "a negative number of epochs")
    }
    try requirePositive(batchSize: batchSize)
    let data = try TrainingData(
      inputs: inputs, targets: check(inputs, targets, what: "training data"),
      validation: try validationData.map { (data) throws(TrainerError) in
        (data.0, try check(data.0, data.1, what: "validation data"))
      }, split: validationSplit)
    guard data.sampleCount > 0 else {
      throw TrainerError(.invalidArgument, "there are no samples to train with")
    }
    // Their loss would be 0, and the first epoch the best for ever.
    guard data.validation?.inputs.rowCount != 0 else {
      throw TrainerError(.invalidArgument, "there are no samples to validate with")
    }
    let stopSignal = stopsOnSignals ? StopSignal() : nil
    defer { stopSignal?.release() }
    let settings = FitSettings(
      batchSize: batchSize, epochs: epochs, shuffles: shuffle, initialEpoch: initialEpoch,
      verbosity: verbose, callbacks: callbacks, store: store, console: console,
      stopSignal: stopSignal)
    var origin: FilePath?
    var run: RunLock?
    defer { run?.release() }
    if let store {
      do throws(CheckpointError) {
        run = try store.beginRun()
      } catch {
        throw TrainerError(.checkpoint, "\(error)", cause: error)
      }
      origin = try resume(from: store, settings)
    }
    let position = goesOn && initialEpoch == nil ? self.position : nil
    goesOn = false
    var restoration: CallbackRestoration?
    if let position {
      try check(position, data, settings)
      let restored = try CallbackRestoration(of: callbacks, from: position.callbackStates)
      announce(position, from: origin, data, settings)
      if verbose != .silent {
        for note in restored.notes { console.write("warning: \(note)\n") }
      }
      restoration = restored
    } else {
      history = History()
      runID = .random()
    }
    fitConfig = settings.config
    let objective = try requireObjective()
    let session = TrainingSession(
      of: self, objective: objective, data: data, settings: settings, from: position,
      told: restoration?.isTold)
    self.session = session
    defer {
      // What `checkpoint()` says from now on.
      self.position = session.position
      shuffleGenerator = session.shuffleGenerator
      self.session = nil
    }
    do {
      try session.run()
      try passOnLearningRateRefusal()
      try session.passOnSignal()
    } catch {
      // Saves under way are finished whatever happened; the first error is the one to report.
      for case let callback as ModelCheckpoint in callbacks { try? callback.drain() }
      throw error
    }
    return history
  }

  /// One step of training.
  ///
  /// - Throws: what became of a learning rate that could not be set.
  func step(
    inputs: FloatTensor, targets: FloatTensor, sums: inout BatchSums
  ) throws(TrainerError) {
    try passOnLearningRateRefusal()
    guard var network, var objective else { return }
    // The only references to the arrays: they change in place.
    self.network = nil
    self.objective = nil
    objective.step(&network, inputs: inputs, targets: targets, sums: &sums)
    self.network = network
    self.objective = objective
  }

  /// Checks that the data are those of the position, as far as they matter there.
  private func check(
    _ position: Position, _ data: TrainingData, _ settings: FitSettings
  ) throws(TrainerError) {
    guard position.event == .batch else { return }
    var differences: [String] = []
    if position.sampleCount != data.sampleCount {
      differences.append("\(data.sampleCount) samples instead of \(position.sampleCount)")
    }
    if position.batchSize != settings.batchSize {
      differences.append("a batch size of \(settings.batchSize), not \(position.batchSize)")
    }
    if position.shuffles != settings.shuffles {
      differences.append("shuffle is \(settings.shuffles), not \(position.shuffles)")
    }
    guard differences.isEmpty else {
      throw TrainerError(
        .resumeMismatch,
        "the checkpoint is from the middle of an epoch, which can't go on with "
          + differences.joined(separator: ", "))
    }
  }

  private func announce(
    _ position: Position, from origin: FilePath?, _ data: TrainingData, _ settings: FitSettings
  ) {
    guard settings.verbosity != .silent else { return }
    var text = "Resuming"
    if let origin { text += " from \(origin)" }
    text += ": \(position.epoch) of \(settings.epochs) epochs done"
    if position.event == .batch {
      let steps = TrainingSession.stepCount(of: data, settings)
      text += ", \(position.batch) of \(steps) batches of the next"
    } else if let logs = history.logs.last {
      // The process before this one may have ended between the save and the epoch's line.
      text += ProgressReporter.text(logs)
    }
    settings.console.write(text + "\n")
  }
}
