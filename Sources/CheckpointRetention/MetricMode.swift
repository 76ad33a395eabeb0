/// Whether more or less of a metric is better.
public enum MetricMode: String, Sendable, Hashable, CaseIterable {
  /// By the metric's name, where that is clear.
  case auto
  /// Less is better.
  case min
  /// More is better.
  case max

  private static let more: Set<String> = [
    "acc", "accuracy", "auc", "f1", "precision", "recall", "iou", "bleu",
  ]
  private static let less: Set<String> = [
    "loss", "mse", "mae", "perplexity", "wer", "cer", "ter", "error",
  ]

  /// `min` or `max`. For `auto` the words of the metric's name decide, `val_` and `eval_` left out:
  /// acc, accuracy, auc, f1, precision, recall, iou, bleu are better when more; loss, mse, mae,
  /// perplexity, wer, cer, ter, error when less. Nil if the name tells neither, or both.
  package func resolution(for metric: String) -> MetricMode? {
    guard self == .auto else { return self }
    let words = metric.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    let isMore = words.contains(where: MetricMode.more.contains)
    let isLess = words.contains(where: MetricMode.less.contains)
    guard isMore != isLess else { return nil }
    return isMore ? .max : .min
  }

  /// What is said of a metric whose name tells nothing.
  package static func unclear(_ metric: String) -> String {
    "whether more or less of \"\(metric)\" is better can't be told from its name"
  }

  /// Whether `a` is better than `b`. NaN and the infinities are never better than anything, and
  /// anything finite is better than they. `auto` must have been resolved.
  public func isBetter(_ a: Double, than b: Double) -> Bool {
    precondition(self != .auto, "resolve the mode first")
    guard a.isFinite else { return false }
    guard b.isFinite else { return true }
    return self == .min ? a < b : a > b
  }
}
