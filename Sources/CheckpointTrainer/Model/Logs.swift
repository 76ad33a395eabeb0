/// Values by name, in the order in which Keras reports them: loss and metrics sorted by name, then
/// the same of the validation data with `val_` before the name.
public struct Logs: Sendable, Hashable, CustomStringConvertible {
  /// A value and what it is called.
  public struct Entry: Sendable, Hashable {
    /// The name, such as "val_loss".
    public var name: String
    /// The value; may be NaN.
    public var value: Double
  }

  /// The values, in order.
  public private(set) var entries: [Entry] = []

  /// Values in an order of the caller's.
  public init(_ values: [(name: String, value: Double)] = []) {
    entries = values.map { Entry(name: $0.name, value: $0.value) }
  }

  /// The names, in order.
  public var names: [String] { entries.map(\.name) }

  /// The value of that name; "acc" and "accuracy" stand for each other, with and without "val_".
  ///
  /// Old Keras named the metric as it was asked for and much that is written says `val_acc`; newer
  /// code says `val_accuracy`. Either finds the other.
  public subscript(name: String) -> Double? {
    value(exactly: name) ?? Logs.alias(of: name).flatMap { value(exactly: $0) }
  }

  /// The value of that very name.
  func value(exactly name: String) -> Double? {
    entries.first { $0.name == name }?.value
  }

  /// The other spelling of a name, if it has one.
  public static func alias(of name: String) -> String? {
    let (prefix, stem) = name.hasPrefix("val_") ? ("val_", String(name.dropFirst(4))) : ("", name)
    switch stem {
    case "acc": return prefix + "accuracy"
    case "accuracy": return prefix + "acc"
    default: return nil
    }
  }

  /// These values, then `other`'s with `prefix` before their names.
  public func appending(_ other: Logs, prefix: String = "") -> Logs {
    var logs = self
    logs.entries += other.entries.map { Entry(name: prefix + $0.name, value: $0.value) }
    return logs
  }

  /// Gives the value of that very name another one; does nothing if there is none.
  mutating func replace(_ name: String, with value: Double) {
    guard let index = entries.firstIndex(where: { $0.name == name }) else { return }
    entries[index].value = value
  }

  /// The values by name.
  public var dictionary: [String: Double] {
    Dictionary(entries.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  /// Whether the losses among the values are numbers: otherwise the weights of the moment are of no
  /// use, whatever the metrics say.
  var hasFiniteLosses: Bool {
    entries.allSatisfy { $0.value.isFinite || ($0.name != "loss" && $0.name != "val_loss") }
  }

  /// "accuracy: 0.9 - loss: 0.1"
  public var description: String {
    entries.map { "\($0.name): \($0.value)" }.joined(separator: " - ")
  }
}
