internal import Checkpoint
internal import CheckpointRetention

/// The metric that a run is judged by where nobody has said.
enum DefaultMonitor {
  /// `val_loss`, or the only other validation metric whose name tells what is better; without any,
  /// the same of the training metrics; nil where checkpoints have no metrics.
  /// - Parameter run: whose metrics count; by default the newest checkpoint's.
  /// - Throws: `CheckpointError` with code `invalidArgument` if there are several, or none that tells.
  static func choose(
    from checkpoints: [StoredCheckpoint], run: UniqueID? = nil
  ) throws(CheckpointError) -> String? {
    let newest = checkpoints.last { $0.failure == nil }
    guard let run = run ?? newest?.summary.runID else { return nil }
    let names = Set(
      checkpoints.filter { $0.failure == nil && $0.summary.runID == run }.flatMap {
        Array($0.metrics.keys) + $0.summary.pendingMetrics
      })
    guard !names.isEmpty else { return nil }
    for (prefix, loss) in [("val_", "val_loss"), ("", "loss")] {
      if names.contains(loss) { return loss }
      let clear = names.filter {
        $0.hasPrefix(prefix) && MetricMode.auto.resolution(for: $0) != nil
      }
      if clear.count == 1 { return clear.first }
      if clear.count > 1 { break }
    }
    throw CheckpointError(
      .invalidArgument, "which metric tells the best checkpoint is not clear",
      item: names.sorted().joined(separator: ", "),
      advice: "say it with --monitor, or --monitor none")
  }
}
