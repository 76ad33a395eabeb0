/// Where text goes: a descriptor, or in tests memory.
package protocol TextOutput: AnyObject, Sendable {
  /// Takes text; it may be kept until `flush()`.
  func write(_ text: String) throws(OutputError)

  /// Hands on what is kept.
  func flush() throws(OutputError)
}
