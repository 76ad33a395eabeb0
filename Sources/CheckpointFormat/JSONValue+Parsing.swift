extension JSONValue {
  /// How deep a document of a container may be nested (`FORMAT.md` §4.5).
  public static let depthLimit = 512

  /// Reads JSON text strictly (RFC 8259): one value, no byte order mark, no comments, no duplicate
  /// names in an object, nesting at most `depth` deep. Linear in the text's length.
  public static func parse(_ text: String, depth: Int = depthLimit) throws(JSONError) -> JSONValue {
    try parse(utf8: Array(text.utf8), depth: depth)
  }

  /// The same for UTF-8 bytes; bytes that are not UTF-8 are an error.
  public static func parse(
    utf8 bytes: [UInt8], depth: Int = depthLimit
  ) throws(JSONError) -> JSONValue {
    var scanner = JSONScanner(bytes: bytes, depthLimit: depth)
    return try scanner.document()
  }
}

/// A recursive-descent reader. Own code because Foundation's silently keeps the first of two equal
/// names, and the library links no Foundation.
private struct JSONScanner {
  let bytes: [UInt8]
  let depthLimit: Int
  var position = 0
  var depth = 0

  init(bytes: [UInt8], depthLimit: Int) {
    self.bytes = bytes
    self.depthLimit = depthLimit
  }

  mutating func document() throws(JSONError) -> JSONValue {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw error("unexpected text after the value") }
    return value
  }

  private func error(_ message: String) -> JSONError {
    JSONError(message: message, offset: position)
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    skipSpace()
    guard let byte = next else { throw error("the text ends where a value is expected") }
    switch byte {
    case UInt8(ascii: "{"): return try nested { scanner throws(JSONError) in try scanner.object() }
    case UInt8(ascii: "["): return try nested { scanner throws(JSONError) in try scanner.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw error("unexpected character")
    }
  }

  private mutating func nested(
    _ body: (inout JSONScanner) throws(JSONError) -> JSONValue
  ) throws(JSONError) -> JSONValue {
    guard depth < depthLimit else { throw error("nested deeper than \(depthLimit)") }
    depth += 1
    defer { depth -= 1 }
    position += 1
    return try body(&self)
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    guard bytes[position...].starts(with: text.utf8) else { throw error("unexpected character") }
    position += text.utf8.count
    return value
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    var object = JSONObject()
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(object) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw error("a member's name is expected") }
      let start = position
      let key = try string()
      guard object[key] == nil else {
        position = start
        throw error("the name \"\(key)\" appears twice in one object")
      }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw error("':' is expected") }
      object[key] = try value()
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(object) }
      guard take(UInt8(ascii: ",")) else { throw error("',' or '}' is expected") }
    }
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    var array: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(array) }
    while true {
      array.append(try value())
      skipSpace()
      if take(UInt8(ascii: "]")) { return .array(array) }
      guard take(UInt8(ascii: ",")) else { throw error("',' or ']' is expected") }
    }
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    var isWhole = true
    if take(UInt8(ascii: ".")) {
      isWhole = false
      try digits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isWhole = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, text != "-0", let value = Int64(text) { return .int(value) }
    guard let value = Double(text), value.isFinite else {
      position = start
      throw error("the number is out of range")
    }
    return .double(value)
  }

  private mutating func digits() throws(JSONError) {
    let start = position
    while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
    guard position > start else { throw error("a digit is expected") }
  }

  private mutating func string() throws(JSONError) -> String {
    let start = position
    position += 1
    var text: [UInt8] = []
    while true {
      guard let byte = next else {
        position = start
        throw error("the string has no end")
      }
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          position = start
          throw error("the string is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"):
        position += 1
        text.append(contentsOf: String(Character(try escape())).utf8)
      case 0..<0x20:
        throw error("a control character must be escaped")
      default:
        text.append(byte)
        position += 1
      }
    }
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard let byte = next else { throw error("the string has no end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let first = try hex4()
      if let scalar = Unicode.Scalar(first) { return scalar }
      // A high surrogate wants its low one; anything else is no character.
      guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
        throw error("lone surrogate")
      }
      let second = try hex4()
      guard (0xDC00...0xDFFF).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      else { throw error("lone surrogate") }
      return scalar
    default:
      position -= 1
      throw error("unknown escape")
    }
  }

  private mutating func hex4() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("four hexadecimal digits are expected")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
