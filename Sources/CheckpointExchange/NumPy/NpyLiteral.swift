internal import Checkpoint

/// The dictionary of an npy header, which is Python source. Only what writers put there is taken:
/// three keys once each, a string, `True` or `False`, and a tuple of whole numbers. Nothing is
/// evaluated.
struct NpyLiteral {
  /// What the dictionary says.
  struct Values: Equatable {
    var type: String
    var isFortranOrder: Bool
    var shape: [Int]
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Reads all of it.
  /// - Throws: `CheckpointError` with code `corrupt`, or `unsupportedVersion` for structured types.
  mutating func dictionary() throws(CheckpointError) -> Values {
    var type: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try expect("{")
    while !take("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where type == nil:
        skipSpace()
        guard next != UInt8(ascii: "[") else {
          throw CheckpointError(
            .unsupportedVersion, "an array of records can't be a tensor here",
            advice: "save its fields as arrays of their own")
        }
        type = try string()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try bool()
      case "shape" where shape == nil: shape = try tuple()
      default: throw error("the key \"\(key)\" is unknown or there twice")
      }
      guard take(",") else {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard position == bytes.count else { throw error("something follows the dictionary") }
    guard let type, let isFortranOrder, let shape else { throw error("a key is missing") }
    return Values(type: type, isFortranOrder: isFortranOrder, shape: shape)
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D {
      position += 1
    }
  }

  private mutating func take(_ text: StaticString) -> Bool {
    skipSpace()
    let matches = bytes[position...].starts(with: "\(text)".utf8)
    if matches { position += text.utf8CodeUnitCount }
    return matches
  }

  private mutating func expect(_ text: StaticString) throws(CheckpointError) {
    guard take(text) else { throw error("'\(text)' is expected") }
  }

  private mutating func string() throws(CheckpointError) -> String {
    skipSpace()
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw error("a string is expected")
    }
    position += 1
    let start = position
    while let byte = next, byte != quote {
      guard (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") else {
        throw error("a string of other than plain characters")
      }
      position += 1
    }
    guard next == quote else { throw error("a string has no end") }
    defer { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func bool() throws(CheckpointError) -> Bool {
    if take("True") { return true }
    if take("False") { return false }
    throw error("True or False is expected")
  }

  private mutating func tuple() throws(CheckpointError) -> [Int] {
    var numbers: [Int] = []
    try expect("(")
    while !take(")") {
      numbers.append(try number())
      guard take(",") else {
        // A number in brackets is no tuple.
        guard numbers.count > 1 else { throw error("the shape is no tuple") }
        try expect(")")
        break
      }
    }
    return numbers
  }

  private mutating func number() throws(CheckpointError) -> Int {
    skipSpace()
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    let digits = bytes[start..<position]
    guard let first = digits.first, digits.count == 1 || first != UInt8(ascii: "0") else {
      throw error("an extent is expected, a whole number")
    }
    guard let number = Int(String(decoding: digits, as: UTF8.self)) else {
      throw error("an extent beyond 64 bits")
    }
    return number
  }

  private func error(_ what: String) -> CheckpointError {
    CheckpointError(.corrupt, "the array's header can't be read: \(what), at character \(position)")
  }
}
