/// A file name with fields, after Python's `str.format`: `weights-{epoch:02d}-{val_acc:.2f}.ckpt`.
///
/// `{{` and `}}` stand for the braces themselves. See `FormatSpecification` for what may follow the
/// colon.
struct FileNameTemplate: Sendable, Hashable {
  private enum Part: Sendable, Hashable {
    case text(String)
    case field(key: String, FormatSpecification)
  }

  /// The template as written.
  let text: String
  private var parts: [Part] = []

  /// - Throws: `.invalidTemplate` for unbalanced braces, a field without a key, an unknown format.
  init(_ text: String) throws(TrainerError) {
    self.text = text
    var rest = text[...]
    var literal = ""
    while let character = rest.popFirst() {
      switch character {
      case "{" where rest.first == "{", "}" where rest.first == "}":
        rest.removeFirst()
        literal.append(character)
      case "{":
        guard let end = rest.firstIndex(of: "}") else {
          throw invalid("a '{' has no '}'; write '{{' for a brace")
        }
        let field = rest[..<end]
        rest = rest[rest.index(after: end)...]
        if !literal.isEmpty { parts.append(.text(literal)) }
        literal = ""
        parts.append(try self.field(field))
      case "}":
        throw invalid("a '}' has no '{'; write '}}' for a brace")
      default:
        literal.append(character)
      }
    }
    if !literal.isEmpty { parts.append(.text(literal)) }
  }

  private func field(_ field: Substring) throws(TrainerError) -> Part {
    let colon = field.firstIndex(of: ":")
    let key = String(field[..<(colon ?? field.endIndex)])
    let isName = key.first.map { $0 == "_" || $0.isLetter } ?? false
    guard isName, key.allSatisfy({ $0 == "_" || $0.isLetter || $0.isNumber }) else {
      throw invalid("'{\(field)}' must begin with a name such as epoch or val_acc")
    }
    let format = colon.map { field[field.index(after: $0)...] } ?? ""
    do {
      return .field(key: key, try FormatSpecification(String(format)))
    } catch {
      throw invalid("'{\(field)}': \(error.message)")
    }
  }

  private func invalid(_ reason: String) -> TrainerError {
    TrainerError(.invalidTemplate, "file name '\(text)': \(reason)")
  }

  /// The keys of the fields, each once, in order.
  var keys: [String] {
    var keys: [String] = []
    for case .field(let key, _) in parts where !keys.contains(key) { keys.append(key) }
    return keys
  }

  /// A value for a field.
  enum Value: Sendable, Hashable {
    case integer(Int)
    case number(Double)
  }

  /// The name with all fields filled in. "acc" and "accuracy" stand for each other.
  ///
  /// - Parameter available: the keys there are, for the message.
  /// - Throws: `.invalidTemplate` for a key without a value, naming those that have one, and for a
  ///   format that doesn't fit its value.
  func filled(with value: (String) -> Value?, available: [String]) throws(TrainerError) -> String {
    var name = ""
    for part in parts {
      switch part {
      case .text(let text): name += text
      case .field(let key, let format):
        guard let value = value(key) else { throw unknown(key, available: available) }
        do {
          name += try format.text(of: value)
        } catch {
          throw invalid("'\(key)': \(error.message)")
        }
      }
    }
    return name
  }

  /// Checks the keys, before the values are there.
  ///
  /// - Throws: `.invalidTemplate` for a key not among `available`.
  func check(available: [String]) throws(TrainerError) {
    for key in keys where !available.contains(key) {
      if let alias = Logs.alias(of: key), available.contains(alias) { continue }
      throw unknown(key, available: available)
    }
  }

  private func unknown(_ key: String, available: [String]) -> TrainerError {
    invalid("no value is called '\(key)', there are " + available.joined(separator: ", "))
  }
}
