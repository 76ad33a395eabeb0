internal import ArgumentParser
internal import Checkpoint
internal import CheckpointRetention
internal import CheckpointTrainer
internal import SystemPackage

/// Where `ckpt train` saves, how often, what stays of it, and under which names.
struct TrainingSaves {
  let store: CheckpointStore
  private let directory: FilePath
  private let metric: String
  private let monitor: String
  private let savesWithinEpochs: Bool

  /// - Parameters:
  ///   - metric: what the names tell, and what is monitored by default.
  ///   - policy: nil for what the directory remembers.
  /// - Throws: `.checkpoint`.
  init(
    in directory: FilePath, metric: String, monitor: String?, policy: PolicyChoice?,
    compression: Compression
  ) throws(TrainerError) {
    self.directory = directory
    self.metric = metric
    let asked = monitor
    let monitor = asked ?? metric
    self.monitor = monitor
    do {
      let retention = try policy.map { choice in
        let policy = try choice.policy(monitor: monitor)
        return StoreRetention.policy(asked == nil ? policy : try policy.tracking(monitor, .auto))
      }
      store = try CheckpointStore(
        at: directory,
        options: StoreOptions(
          save: SaveOptions(compression: compression), retention: retention ?? .remembered))
    } catch {
      throw TrainerError(.checkpoint, "\(error)", cause: error)
    }
    // A remembered policy that can't be read is the callback's to speak of.
    let policy = try? store.effectivePolicy()
    savesWithinEpochs = policy?.cadence?.savesWithinEpochs ?? false
  }

  /// The callback that saves.
  /// - Parameter name: the template of names; by default one that tells saves apart, also those of one
  ///   epoch, where there may be several. A save of the same name would replace the one before.
  func callback(
    name: String?, bestOnly: Bool, onSave: @escaping @Sendable (ModelCheckpoint.SaveEvent) -> Void
  ) -> ModelCheckpoint {
    let step = savesWithinEpochs ? "step-{step:08d}-" : ""
    let name = name ?? "weights-improvement-{epoch:02d}-\(step){\(metric):.2f}.ckpt"
    return ModelCheckpoint(
      directory.appending(name), store: store, monitor: monitor, saveBestOnly: bestOnly,
      onSave: onSave)
  }
}
