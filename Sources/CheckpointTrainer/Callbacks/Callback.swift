public import Checkpoint

/// Something that is told of a training's events. After https://keras.io/api/callbacks/base_callback.
///
/// Epochs and batches count from 0, as in Keras. Callbacks are told in the order in which `fit` got
/// them; an error ends the training and comes out of `fit`. A callback that decides by what it has seen
/// has it in `state`, so that a resumed run decides the same.
public protocol Callback: AnyObject {
  /// Training begins, or goes on after a resume (`training.isResumed`).
  func onTrainBegin(_ training: TrainingSession) throws(TrainerError)

  /// An epoch begins. Not called for an epoch that a resumed run enters in the middle.
  func onEpochBegin(_ epoch: Int, _ training: TrainingSession) throws(TrainerError)

  /// A batch begins: what is set now, such as the learning rate, holds for it.
  func onBatchBegin(_ batch: Int, _ training: TrainingSession) throws(TrainerError)

  /// A batch ended. `logs` are the running values of the epoch.
  func onBatchEnd(_ batch: Int, logs: Logs, _ training: TrainingSession) throws(TrainerError)

  /// An epoch ended, validation included.
  func onEpochEnd(_ epoch: Int, logs: Logs, _ training: TrainingSession) throws(TrainerError)

  /// Training ended without an error. `logs` are the last epoch's.
  func onTrainEnd(logs: Logs, _ training: TrainingSession) throws(TrainerError)

  /// Whether the logs of each epoch are to have the learning rate, as `learning_rate`.
  var logsLearningRate: Bool { get }

  /// What the callback must know to go on after a resume; null if nothing. Saved with every
  /// checkpoint of the training.
  var state: JSONValue { get }

  /// What of it is too large for `state`, such as weights; saved with every checkpoint as tensors
  /// `callback/<number>/<name>`.
  var tensors: [String: Tensor] { get }

  /// Takes back a state, before `onTrainBegin`. What a file holds must not trap.
  ///
  /// - Throws: `.resumeMismatch` if the state is that of another callback, or of other settings: then
  ///   nothing may have changed, another one is tried, and if there is none, it is said and the
  ///   callback begins anew. Any other error ends the training.
  func restore(_ state: JSONValue) throws(TrainerError)

  /// The same, for callbacks that have `tensors`.
  func restore(_ state: JSONValue, tensors: [String: Tensor]) throws(TrainerError)
}

extension Callback {
  /// Does nothing.
  public func onTrainBegin(_ training: TrainingSession) throws(TrainerError) {}
  /// Does nothing.
  public func onEpochBegin(_ epoch: Int, _ training: TrainingSession) throws(TrainerError) {}
  /// Does nothing.
  public func onBatchBegin(_ batch: Int, _ training: TrainingSession) throws(TrainerError) {}
  /// Does nothing.
  public func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {}
  /// Does nothing.
  public func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {}
  /// Does nothing.
  public func onTrainEnd(logs: Logs, _ training: TrainingSession) throws(TrainerError) {}
  /// They needn't.
  public var logsLearningRate: Bool { false }
  /// Nothing.
  public var state: JSONValue { .null }
  /// None.
  public var tensors: [String: Tensor] { [:] }
  /// Takes nothing back.
  public func restore(_ state: JSONValue) throws(TrainerError) {}
  /// Takes back the state.
  public func restore(_ state: JSONValue, tensors: [String: Tensor]) throws(TrainerError) {
    try restore(state)
  }
}
