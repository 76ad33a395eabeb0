import Checkpoint

/// Stopping in order when a signal asks for it.
extension TrainingSession {
  /// The signal that has come; nil if none.
  var stopRequest: Int32? { stopSignal?.received ?? pretendedSignal }

  /// To be called when all callbacks have been told of a batch or an epoch. If a signal has come: lets
  /// callbacks save, and ends the training.
  /// - Throws: `.interrupted`; if a save failed, its error instead, after the others have saved.
  func stopIfAsked() throws(TrainerError) {
    guard let signal = stopRequest else { return }
    var isSaved = false
    var isBestOnly = false
    var failure: TrainerError?
    for case let callback as ModelCheckpoint in callbacks {
      isBestOnly = isBestOnly || callback.saveBestOnly
      do throws(TrainerError) {
        if try callback.saveStop(self) { isSaved = true }
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    let place = "after step \(model.stepCount)"
    if isSaved {
      throw TrainerError(
        interruptedBy: signal, "\(place), which is saved: the same run goes on exactly there")
    }
    let reason = isBestOnly ? "only the best are saved" : "nothing saves states to go on from"
    throw TrainerError(
      interruptedBy: signal,
      "\(place), which is not saved (\(reason)): the same run goes on from the last checkpoint, "
        + "if there is one")
  }

  /// For the end of a training that a signal came too late for: all is done, but whoever sent it wants
  /// the process to end, so that nobody should take the training's end for an answer.
  /// - Throws: `.interrupted` if a signal has come.
  func passOnSignal() throws(TrainerError) {
    stopSignal?.release()
    if let signal = stopRequest {
      throw TrainerError(interruptedBy: signal, "after the last epoch: the training is complete")
    }
  }
}
