/// Text that is not JSON: what, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, in one line.
  public var message: String
  /// Where, in bytes from the start of the text.
  public var offset: Int

  /// Message and place, in one line.
  public var description: String { "\(message) at byte \(offset)" }
}
