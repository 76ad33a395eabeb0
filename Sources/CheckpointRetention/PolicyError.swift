/// Why something is no retention policy.
public struct PolicyError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, in one line.
  public var message: String
  /// The part of the policy's text that is wrong, if it came from text.
  public var item: String?
  /// What can be done about it, in one line.
  public var advice: String?

  init(_ message: String, item: String? = nil, advice: String? = nil) {
    self.message = message
    self.item = item
    self.advice = advice
  }

  /// One line: item, message, advice.
  public var description: String {
    (item.map { "\"\($0)\": " } ?? "") + message + (advice.map { "; \($0)" } ?? "")
  }
}
