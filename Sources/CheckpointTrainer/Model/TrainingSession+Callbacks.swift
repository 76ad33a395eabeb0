/// How callbacks are told of what happens, and what they may set.
extension TrainingSession {
  /// Tells the callbacks that the process before this one couldn't.
  func tellRemainingCallbacks() throws(TrainerError) {
    switch event {
    case .batch: try tellBatchEnd()
    case .epoch:
      if let logs = model.history.logs.last { try tellEpochEnd(logs) }
    }
  }

  /// Tells those that haven't been told.
  func tellBatchEnd() throws(TrainerError) {
    for (index, callback) in callbacks.enumerated() where !isTold[index] {
      isTold[index] = true
      try callback.onBatchEnd(completedBatchCount - 1, logs: logs, self)
    }
  }

  /// Tells those that haven't been told.
  ///
  /// As in Keras each callback that logs the learning rate logs it when its turn comes: what one before
  /// it has set is in the history then, and in the logs of those after it.
  func tellEpochEnd(_ logs: Logs) throws(TrainerError) {
    var logs = logs
    for (index, callback) in callbacks.enumerated() where !isTold[index] {
      isTold[index] = true
      if callback.logsLearningRate, let rate = model.learningRate {
        logs.replace("learning_rate", with: Double(rate))
        model.history.replaceLast(with: logs)
      }
      try callback.onEpochEnd(completedEpochCount - 1, logs: logs, self)
    }
  }

  /// Whether a callback has been told of the last event.
  func isTold(_ callback: any Callback) -> Bool {
    callbacks.firstIndex { $0 === callback }.map { isTold[$0] } ?? true
  }

  /// Whether a callback wants the learning rate in the logs of epochs.
  var logsLearningRate: Bool { callbacks.contains { $0.logsLearningRate } }

  /// Logs with the learning rate at their end, if a callback wants it there.
  func appendingLearningRate(to logs: Logs) -> Logs {
    guard logsLearningRate, let rate = model.learningRate else { return logs }
    return logs.appending(Logs([("learning_rate", Double(rate))]))
  }

  /// Sets the learning rate that the next step is made with.
  ///
  /// - Throws: `.invalidArgument` for a rate that isn't finite or is negative.
  public func setLearningRate(_ rate: Double) throws(TrainerError) {
    guard Float(rate).isFinite, rate >= 0 else {
      throw TrainerError(.invalidArgument, "a learning rate of \(rate)")
    }
    model.learningRate = Float(rate)
  }
}
