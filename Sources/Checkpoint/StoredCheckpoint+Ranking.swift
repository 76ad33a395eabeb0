internal import CheckpointFormat

extension Sequence<StoredCheckpoint> {
  /// The one with the best value of a metric; nil if none has a finite one. Ties go to the first. One
  /// with NaN or infinite weights is chosen only if all others have them too.
  /// - Parameter mode: `min` or `max`, resolved.
  package func best(by metric: String, mode: MetricMode) -> StoredCheckpoint? {
    let ranked = filter { $0.failure == nil && $0.metrics[metric]?.isFinite == true }
    let healthy = ranked.filter { !$0.hasNonFinite }
    var best: (stored: StoredCheckpoint, value: Double)?
    for stored in healthy.isEmpty ? ranked : healthy {
      guard let value = stored.metrics[metric] else { continue }
      if let current = best, !mode.isBetter(value, than: current.value) { continue }
      best = (stored, value)
    }
    return best?.stored
  }
}
