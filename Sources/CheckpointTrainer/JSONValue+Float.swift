package import Checkpoint

extension JSONValue {
  /// A single-precision number, in the shortest decimal that gives it back: 0.1, where its exact
  /// value as a double would be 0.10000000149011612.
  package static func float(_ value: Float) -> JSONValue {
    guard value.isFinite, let short = Double("\(value)"), Float(short) == value else {
      return .number(Double(value))
    }
    return .number(short)
  }
}
