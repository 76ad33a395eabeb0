public import CheckpointRetention

extension CheckpointError {
  /// From what is no retention policy.
  package init(_ error: PolicyError) {
    self.init(.invalidArgument, error.message, item: error.item, advice: error.advice)
  }
}

extension MetricMode {
  /// `min` or `max`. For `auto` the words of the metric's name decide, `val_` and `eval_` left out:
  /// acc, accuracy, auc, f1, precision, recall, iou, bleu are better when more; loss, mse, mae,
  /// perplexity, wer, cer, ter, error when less.
  /// - Throws: `CheckpointError` with code `invalidArgument` if the name tells neither, or both.
  public func resolved(for metric: String) throws(CheckpointError) -> MetricMode {
    guard let mode = resolution(for: metric) else {
      throw CheckpointError(
        .invalidArgument, MetricMode.unclear(metric), advice: "say min or max")
    }
    return mode
  }
}
