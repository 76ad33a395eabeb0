/// What metrics are called.
package enum MetricName {
  /// The other spelling of a name, if it has one: "acc" and "accuracy" stand for each other, with and
  /// without "val_".
  ///
  /// Old Keras named the metric as it was asked for and much that is written says `val_acc`; newer
  /// code says `val_accuracy`.
  package static func alias(of name: String) -> String? {
    let (prefix, stem) = name.hasPrefix("val_") ? ("val_", String(name.dropFirst(4))) : ("", name)
    switch stem {
    case "acc": return prefix + "accuracy"
    case "accuracy": return prefix + "acc"
    default: return nil
    }
  }
}
