internal import Checkpoint

extension JSONValue {
  /// A string, or null.
  static func optional(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

  /// A number, or null.
  static func optional(_ value: UInt64?) -> JSONValue { value.map { .count($0) } ?? .null }

  /// A whole number; one beyond 63 bits, which `JSONValue` keeps only roughly, as a string.
  static func count<N: BinaryInteger>(_ value: N) -> JSONValue {
    Int64(exactly: value).map { .int($0) } ?? .string("\(value)")
  }

  /// Strings.
  static func strings(_ values: some Sequence<String>) -> JSONValue {
    .array(values.map { .string($0) })
  }
}
