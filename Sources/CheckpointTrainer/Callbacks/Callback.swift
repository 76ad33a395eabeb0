public import Checkpoint

/// Something that is told of a training's events. After https://keras.io/api/callbacks/base_callback.
///
/// Epochs and batches count from 0, as in Keras. Callbacks are told in the order in which `fit` got
/// them; an error ends the training and comes out of `fit`.
public protocol Callback: AnyObject {
  /// Training begins, or goes on after a resume (`training.isResumed`).
  func onTrainBegin(_ training: TrainingSession) throws(TrainerError)

  /// An epoch begins. Not called for an epoch that a resumed run enters in the middle.
  func onEpochBegin(_ epoch: Int, _ training: TrainingSession) throws(TrainerError)

  /// A batch ended. `logs` are the running values of the epoch.
  func onBatchEnd(_ batch: Int, logs: Logs, _ training: TrainingSession) throws(TrainerError)

  /// An epoch ended, validation included.
  func onEpochEnd(_ epoch: Int, logs: Logs, _ training: TrainingSession) throws(TrainerError)

  /// Training ended without an error. `logs` are the last epoch's.
  func onTrainEnd(logs: Logs, _ training: TrainingSession) throws(TrainerError)

  /// What the callback must know to go on after a resume; null if nothing. Saved with every
  /// checkpoint of the training.
  var state: JSONValue { get }

  /// Takes back a state, before `onTrainBegin`.
  func restore(_ state: JSONValue) throws(TrainerError)
}

extension Callback {
  /// Does nothing.
  public func onTrainBegin(_ training: TrainingSession) throws(TrainerError) {}
  /// Does nothing.
  public func onEpochBegin(_ epoch: Int, _ training: TrainingSession) throws(TrainerError) {}
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
  /// Nothing.
  public var state: JSONValue { .null }
  /// Takes nothing back.
  public func restore(_ state: JSONValue) throws(TrainerError) {}
}
