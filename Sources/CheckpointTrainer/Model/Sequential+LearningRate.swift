extension Sequential {
  /// The present learning rate, of the schedule if there is one; nil before the model is compiled.
  ///
  /// Callbacks may set it once the model is built. Under a schedule that can't be: the next step, or
  /// the end of `fit`, throws the error that `setLearningRate` throws at once.
  public var learningRate: Float? {
    get {
      guard let objective else { return nil }
      guard let state = objective.state else { return objective.optimizer.learningRate }
      return objective.optimizer.learningRate(at: state.iteration, set: state.learningRate)
    }
    set {
      guard let newValue else { return }
      do throws(TrainerError) {
        try setLearningRate(newValue)
      } catch {
        learningRateRefusal = error
      }
    }
  }

  /// Sets the learning rate of the next steps; does nothing before the model is compiled and built.
  ///
  /// - Throws: `.invalidArgument` if the rate follows a schedule.
  public func setLearningRate(_ rate: Float) throws(TrainerError) {
    if let schedule = objective?.optimizer.schedule {
      throw TrainerError(
        .invalidArgument,
        "the learning rate can't be set to \(rate), because it follows a schedule "
          + "(\(type(of: schedule).className)): compile the model with a number as learning rate, or "
          + "leave out the callback that sets it")
    }
    objective?.state?.learningRate = rate
  }

  /// - Throws: why a learning rate that was set could not be; once.
  func passOnLearningRateRefusal() throws(TrainerError) {
    guard let refusal = learningRateRefusal else { return }
    learningRateRefusal = nil
    throw refusal
  }

  /// The names of what the optimizer keeps, in the order in which Keras lists an optimizer's
  /// variables: "iteration", "learning_rate" (not under a schedule), "dense/kernel/momentum" … In
  /// checkpoints they have "optimizer/" before them. Empty before the model is compiled and built.
  public var optimizerVariableNames: [String] {
    guard let network, let objective else { return [] }
    return objective.optimizer.variableNames(for: network.variableNames.map(\.name))
  }
}
