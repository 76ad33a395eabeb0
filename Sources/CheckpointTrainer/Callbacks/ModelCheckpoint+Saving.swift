import Checkpoint
import SystemPackage

/// How a checkpoint is judged, written, and told of.
extension ModelCheckpoint {
  /// Saves, unless only the best are saved and this isn't one.
  /// - Parameters:
  ///   - isFinal: whether to mark the checkpoint as the end.
  ///   - isBest: whether it has been found best already.
  /// - Returns: whether it was saved.
  @discardableResult
  func save(
    epoch: Int, batch: Int, logs: Logs, isFinal: Bool = false, isBest: Bool = false,
    _ training: TrainingSession
  ) throws(TrainerError) -> Bool {
    guard let target else { return false }
    let name = try target.fileName(
      epoch: epoch, batch: batch, step: training.model.stepCount, logs: logs)
    let path = target.path(of: name)
    guard isBest || improves(epoch: epoch, logs: logs, path: path, training) else { return false }
    try write(as: name, epoch: epoch, logs: logs, isFinal: isFinal, training)
    return true
  }

  /// Writes the present state.
  func write(
    as name: String, epoch: Int, logs: Logs, isFinal: Bool = false, _ training: TrainingSession
  ) throws(TrainerError) {
    guard let target else { return }
    var path = target.path(of: name)
    onSave?(.begins(path))
    var checkpoint = try training.model.checkpoint(weightsOnly: saveWeightsOnly)
    checkpoint.metrics = logs.dictionary
    if isFinal { checkpoint.tags.insert(ModelCheckpoint.finalTag) }
    do {
      if savesInBackground {
        try target.store.saveInBackground(checkpoint, as: name, insists: false)
      } else {
        let stored = try target.store.save(checkpoint, as: name, insists: false)
        if stored.fileName != name {
          // Somebody has pinned it meanwhile, say: no reason to end a training.
          training.warn("\(path) can't be replaced; saved as \(stored.fileName)")
          path = target.path(of: stored.fileName)
        }
      }
    } catch {
      throw TrainerError(.checkpoint, "\(error)", cause: error)
    }
    record.savedStep = training.model.stepCount
    record.isFinal = isFinal
    onSave?(.ended(path))
    if !savesInBackground { say("finished saving model to \(path)", epoch: epoch, training) }
    tellPruning(training)
  }

  /// Waits for saves in the background. `fit` calls it also when it ends with an error.
  func drain() throws(TrainerError) {
    do {
      try target?.store.finish()
    } catch {
      throw TrainerError(.checkpoint, "\(error)", cause: error)
    }
  }

  /// A line as Keras writes them, if that is wanted.
  func say(_ text: String, epoch: Int, _ training: TrainingSession) {
    if verbose { training.console.write("\nEpoch \(epoch + 1): \(text)\n") }
  }

  /// What the store's policy removed, or why it couldn't. Of saves in the background the newest that
  /// is known.
  func tellPruning(_ training: TrainingSession) {
    switch target?.store.lastPruning {
    case .failure(let error)?: training.warn("nothing was pruned: \(error)")
    case .success(let report)?:
      guard verbose, report != record.toldPruning, let text = report.removalText else { return }
      record.toldPruning = report
      training.console.write(text + "\n")
    case nil: return
    }
  }

  /// Whether there is something to save; says so, and notes the new best.
  private func improves(
    epoch: Int, logs: Logs, path: FilePath, _ training: TrainingSession
  ) -> Bool {
    guard saveBestOnly else {
      say("saving model to \(path)", epoch: epoch, training)
      return true
    }
    record.judgedStep = training.model.stepCount
    guard let value = logs[monitor] else {
      // As Keras: better too many checkpoints than none.
      if !hasWarned {
        training.console.write(
          "warning: can save best model only with \(monitor) available; there are "
            + logs.names.joined(separator: ", ") + "; saving always\n")
        hasWarned = true
      }
      return true
    }
    let text = best.map { formatted($0, "f", precision: 5) } ?? "None"
    // With a loss that is none, the weights are none either, whatever an accuracy says.
    guard value.isFinite, logs.hasFiniteLosses,
      best.map({ resolvedMode.isBetter(value, than: $0) }) ?? true
    else {
      say("\(monitor) did not improve from \(text)", epoch: epoch, training)
      return false
    }
    let new = formatted(value, "f", precision: 5)
    say(
      "\(monitor) improved from \(text) to \(new), saving model to \(path)", epoch: epoch, training)
    best = value
    return true
  }
}

extension PruningReport {
  /// "removed 2 checkpoints (912 KiB); 4 stay", of the run that was pruned; nil if nothing went.
  var removalText: String? {
    let retention = plan.retention
    let count = retention.removedCount
    guard count > 0 else { return nil }
    let present = retention.entries.count {
      $0.runID == retention.runID && $0.condition != .unreadable
    }
    return "removed \(count) checkpoint\(count == 1 ? "" : "s") "
      + "(\(sizeText(retention.removedBytes))); \(present - count) stay"
  }
}

/// Bytes in the largest binary unit that leaves a whole: "912 KiB", "1.4 GiB".
private func sizeText(_ bytes: UInt64) -> String {
  var (value, unit) = (Double(bytes), "B")
  // 1023.6 would be shown as 1024.
  for next in ["KiB", "MiB", "GiB", "TiB", "PiB"] where value >= 1023.5 {
    (value, unit) = (value / 1024, next)
  }
  return formatted(value, "f", precision: unit == "B" || value >= 9.95 ? 0 : 1) + " " + unit
}
