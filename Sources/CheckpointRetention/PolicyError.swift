/// Why something is no retention policy.
public struct PolicyError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, in one line.
  public var message: String
  /// The part of the policy's text that is wrong, if it came from text.
  public var item: String?
  /// What can be done about it, in one line.
  public var advice: String?

  init(_ message: String, item: String? = nil, advice: String? = nil) {
    // Names are quoted in messages.
    self.message = message.onOneLine
    self.item = item
    self.advice = advice
  }

  /// One line: item, message, advice.
  public var description: String {
    (item.map { "\"\($0.onOneLine)\": " } ?? "") + message + (advice.map { "; \($0)" } ?? "")
  }
}

extension String {
  /// With control characters and ends of lines written as escapes.
  fileprivate var onOneLine: String {
    unicodeScalars.reduce(into: "") { text, scalar in
      let isControl = scalar.properties.generalCategory == .control
      if isControl || Character(scalar).isNewline {
        text += scalar.escaped(asASCII: true)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }
}
