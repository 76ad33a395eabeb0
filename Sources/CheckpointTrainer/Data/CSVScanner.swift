/// Cuts comma-separated text into lines of fields.
struct CSVScanner {
  /// A field and where it starts.
  struct Field {
    /// Quotes taken off.
    var text: String
    /// Bytes from the start of the line, from 1.
    var column: Int

    /// The text without spaces around it.
    var trimmed: String { String(decoding: withoutSpaces(Array(text.utf8)), as: UTF8.self) }
  }

  /// A line that isn't blank.
  struct Line {
    /// From 1.
    var number: Int
    var fields: [Field]
  }

  private let text: [UInt8]
  private let name: String
  private var position = 0
  private var lineNumber = 0
  private var lineStart = 0

  init(text: [UInt8], name: String) {
    self.text = text
    self.name = name
    // A byte order mark, as some spreadsheets write it.
    if text.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
  }

  /// The next line that isn't blank; nil at the end.
  mutating func nextLine() throws(TrainerError) -> Line? {
    while position < text.count {
      lineStart = position
      lineNumber += 1
      let number = lineNumber
      let fields = try self.fields()
      if fields.count > 1 || !(fields.first?.text.isEmpty ?? true) {
        return Line(number: number, fields: fields)
      }
    }
    return nil
  }

  /// The fields up to the line's end, which is passed.
  private mutating func fields() throws(TrainerError) -> [Field] {
    var fields: [Field] = []
    while true {
      fields.append(try field())
      guard position < text.count else { return fields }
      let separator = text[position]
      position += 1
      if separator == UInt8(ascii: "\n") { return fields }
    }
  }

  /// One field; the comma or line feed after it is next.
  private mutating func field() throws(TrainerError) -> Field {
    let column = position - lineStart + 1
    guard position < text.count, text[position] == UInt8(ascii: "\"") else {
      let end =
        text[position...].firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\n") }
        ?? text.count
      var bytes = text[position..<end]
      position = end
      if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
      return Field(text: try string(bytes, column: column), column: column)
    }
    let startLine = lineNumber
    position += 1
    var bytes: [UInt8] = []
    while true {
      guard position < text.count else {
        throw TrainerError(
          .invalidData,
          "\(name): line \(startLine), column \(column): the quoted field has no closing quote")
      }
      let byte = text[position]
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard position < text.count, text[position] == byte else { break }
        position += 1
      } else if byte == UInt8(ascii: "\n") {
        lineNumber += 1
      }
      bytes.append(byte)
    }
    let field = Field(text: try string(bytes[...], column: column), column: column)
    if position < text.count, text[position] == UInt8(ascii: "\r") { position += 1 }
    if position < text.count, text[position] != UInt8(ascii: ","),
      text[position] != UInt8(ascii: "\n")
    {
      throw TrainerError(
        .invalidData,
        "\(name): line \(lineNumber), column \(column): a comma or the line's end must follow the "
          + "closing quote")
    }
    return field
  }

  private func string(_ bytes: ArraySlice<UInt8>, column: Int) throws(TrainerError) -> String {
    guard let string = String(validating: bytes, as: UTF8.self) else {
      throw TrainerError(
        .invalidData, "\(name): line \(lineNumber), column \(column): the text is not UTF-8")
    }
    return string
  }
}

extension Float {
  /// The decimal number in a field, spaces around it taken off; nil if it isn't one. Hexadecimal
  /// numbers, which Swift would read, are none.
  init?(trimmed text: String) {
    let bytes = withoutSpaces(Array(text.utf8))
    guard !bytes.contains(UInt8(ascii: "x")), !bytes.contains(UInt8(ascii: "X")) else { return nil }
    self.init(String(decoding: bytes, as: UTF8.self))
  }
}

/// Without spaces and tabs at both ends.
private func withoutSpaces(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
  let spaces: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\t")]
  var bytes = bytes[...]
  while let first = bytes.first, spaces.contains(first) { bytes.removeFirst() }
  while let last = bytes.last, spaces.contains(last) { bytes.removeLast() }
  return bytes
}
