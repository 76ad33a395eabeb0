import Checkpoint

/// A value that a callback watches, and what counts as an improvement of it. After Keras'
/// `MonitorCallback`; other than there, NaN and the infinities never improve on anything, and nothing
/// is an improvement while the loss is none.
struct MetricMonitor {
  /// The name in the logs, such as "val_loss".
  let name: String
  /// Whether more or less is better, as asked for.
  let mode: MetricMode
  /// What an improvement must be more than; not negative.
  let minDelta: Double
  private var direction = MetricMode.min

  init(_ name: String, mode: MetricMode, minDelta: Double) {
    self.name = name
    self.mode = mode
    self.minDelta = abs(minDelta)
  }

  /// Finds out whether more or less is better.
  ///
  /// - Parameter className: of the callback.
  /// - Throws: `.invalidArgument` if neither the mode nor the name tells.
  mutating func resolve(for className: String) throws(TrainerError) {
    guard !minDelta.isNaN else {
      throw TrainerError(.invalidArgument, "\(className): a minDelta that is no number")
    }
    guard let direction = mode.resolution(for: name) else {
      throw TrainerError(
        .invalidArgument,
        "\(className): \(MetricMode.unclear(name)); give mode .min or .max")
    }
    self.direction = direction
  }

  /// Whether a value improves on another one; on nil, which is none yet, any finite one does.
  func isImprovement(_ value: Double, over reference: Double?) -> Bool {
    guard value.isFinite else { return false }
    guard let reference else { return true }
    return direction == .min ? value + minDelta < reference : value - minDelta > reference
  }
}
