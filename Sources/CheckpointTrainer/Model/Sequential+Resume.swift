import Checkpoint
import SystemPackage

extension Sequential {
  /// Takes the state of the newest checkpoint of a store that can be gone on from; says which ones
  /// could not be used.
  ///
  /// - Returns: its path; nil if the store has none.
  /// - Throws: `.resumeMismatch` if it is of another model or another objective.
  func resume(from store: CheckpointStore, _ settings: FitSettings) throws(TrainerError)
    -> FilePath?
  {
    let found: LatestCheckpoint?
    do {
      found = try store.latest { stored in
        // NaN stands where something was lost: nobody should train on that unasked.
        !stored.summary.tags.contains(Sequential.weightsOnlyTag)
          && !stored.summary.tags.contains("salvaged")
      }
    } catch {
      throw TrainerError(.checkpoint, "\(error)", cause: error)
    }
    for skipped in found?.skipped ?? [] where settings.verbosity != .silent {
      settings.console.write("warning: can't go on from \(skipped.error)\n")
    }
    guard let found else { return nil }
    guard found.checkpoint.documents["position"] != nil else {
      throw TrainerError(
        .resumeMismatch,
        "\(found.stored.path): the newest checkpoint holds no position of a training run: load its "
          + "weights with loadWeights(from:), or save to another directory")
    }
    try requireSameModel(found.checkpoint, path: found.stored.path)
    try restoreState(from: found.checkpoint)
    return found.stored.path
  }

  private func requireSameModel(
    _ checkpoint: Checkpoint, path: FilePath
  ) throws(TrainerError) {
    guard let network, let objective else { return }
    let theirs = checkpoint.documents["architecture"]
    let ours = architecture(of: network)
    guard theirs?["config"]?["layers"] == ours["config"]?["layers"] else {
      throw TrainerError(
        .resumeMismatch,
        "\(path): the checkpoint is of other layers than the model: save to another directory, or "
          + "rebuild the saved model with Sequential(from:)")
    }
    let compiled = checkpoint.documents["training"]?["compile_config"]
    for key in ["optimizer", "loss", "metrics"] where compiled?[key] != objective.serialized[key] {
      throw TrainerError(
        .resumeMismatch,
        "\(path): the checkpoint's \(key) is \(compiled?[key]?.text() ?? "missing"), the model's "
          + "\(objective.serialized[key]?.text() ?? "missing"): compile the model as it was, or save "
          + "to another directory")
    }
  }
}
