import Foundation

/// What FORMAT.md says, read from its Markdown.
struct Specification {
  let text: String

  init() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    text = try String(contentsOf: root.appendingPathComponent("FORMAT.md"), encoding: .utf8)
  }

  /// The rows of the table that begins with that heading, cells trimmed.
  func table(_ heading: String) -> [[String]] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(where: { $0 == heading }) else { return [] }
    return lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  /// The names of rules: words in backquotes inside brackets.
  func ruleNames() -> Set<String> {
    var names: Set<String> = []
    for bracket in text.matches(of: /\[([^\[\]]*`[^\[\]]*)\]/) {
      for name in bracket.output.1.matches(of: /`([a-zA-Z]+)`/) {
        names.insert(String(name.output.1))
      }
    }
    return names
  }
}
