import Checkpoint
import SystemPackage

/// Where a callback saves: a store, and a template for the names in it.
struct SaveTarget {
  let store: CheckpointStore
  let template: FileNameTemplate
  private let directory: FilePath

  /// The keys that need no metric.
  static let fixedKeys = ["epoch", "batch", "step"]

  /// - Throws: `.invalidTemplate`, or `.checkpoint` if the store can't be opened.
  init(_ path: FilePath, store: CheckpointStore?) throws(TrainerError) {
    directory = path.removingLastComponent()
    guard let name = path.lastComponent?.string else {
      throw TrainerError(.invalidTemplate, "'\(path)' has no file name")
    }
    guard !directory.string.contains("{") else {
      throw TrainerError(
        .invalidTemplate, "'\(path)': fields may be in the file name only, not in the directory")
    }
    template = try FileNameTemplate(name)
    do {
      self.store = try store ?? CheckpointStore(at: directory.isEmpty ? "." : directory)
    } catch {
      throw TrainerError(.checkpoint, "\(error)", cause: error)
    }
  }

  /// The path under which a name is spoken of.
  func path(of name: String) -> FilePath { directory.appending(name) }

  /// The file name for values. Epoch and batch count from 0 here and from 1 in the name.
  func fileName(
    epoch: Int, batch: Int, step: Int, logs: Logs
  ) throws(TrainerError) -> String {
    try template.filled(
      with: { key in
        switch key {
        case "epoch": .integer(epoch + 1)
        case "batch": .integer(batch + 1)
        case "step": .integer(step)
        default: logs[key].map { .number($0) }
        }
      }, available: SaveTarget.fixedKeys + logs.names)
  }

  /// The file name of a state at which a signal stopped the training, where the template has none.
  func stopName(step: Int) -> String {
    let digits = String(step)
    return "stopped-step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
      + ".ckpt"
  }

  /// Whether the model's present state is saved already, marked as the end.
  func hasEnd(of model: Sequential, weightsOnly: Bool) throws(CheckpointError) -> Bool {
    try store.list().contains { stored in
      let tags = stored.summary.tags
      return stored.failure == nil && stored.summary.runID == model.runID
        && stored.step == UInt64(model.stepCount) && tags.contains(ModelCheckpoint.finalTag)
        && tags.contains(Sequential.weightsOnlyTag) == weightsOnly
    }
  }

  /// The best finite value among the model's run's checkpoints up to the model's present step.
  func best(
    _ metric: String, mode: MetricMode, of model: Sequential
  ) throws(CheckpointError) -> Double? {
    var best: Double?
    for stored in try store.list() where stored.failure == nil {
      guard stored.summary.runID == model.runID, (stored.step ?? 0) <= UInt64(model.stepCount),
        let value = Logs(stored.metrics.map { ($0.key, $0.value) })[metric], value.isFinite
      else { continue }
      if best.map({ mode.isBetter(value, than: $0) }) ?? true { best = value }
    }
    return best
  }
}

extension TrainingSession {
  /// The store the training was resumed from, if it is the directory of that file.
  func store(for file: FilePath) -> CheckpointStore? {
    file.removingLastComponent() == store?.path ? store : nil
  }
}
