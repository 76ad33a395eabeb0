/// Ends the training when the loss is NaN or infinite. After
/// https://keras.io/api/callbacks/terminate_on_nan.
///
/// The epoch ends with the batch at which that is noticed; a `ModelCheckpoint` never takes such a state
/// for the best.
public final class TerminateOnNaN: Callback {
  private let raisesError: Bool

  /// - Parameter raisesError: whether the training ends with an error with code `stopped`, at once and
  ///   without `onTrainEnd`, instead of in order.
  public init(raisesError: Bool = false) {
    self.raisesError = raisesError
  }

  /// Looks at the loss, the running mean of the epoch.
  public func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    guard let loss = logs["loss"], !loss.isFinite else { return }
    if raisesError {
      throw TrainerError(
        .stopped,
        "NaN or Inf loss encountered at batch \(batch). Loss value: "
          + "\(formatted(loss, "g", precision: 6)). Terminating training immediately.")
    }
    training.console.write("Batch \(batch): Invalid loss, terminating training\n")
    training.stops = true
  }
}
