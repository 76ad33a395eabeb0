/// Writes the operations of a pickle of protocol 2 that a state dict needs.
struct PickleWriter {
  private var fields = FieldWriter()

  init() {
    fields.append([0x80, 2])
  }

  /// The pickle, ended.
  consuming func finish() -> [UInt8] {
    operation(".")
    return fields.bytes
  }

  /// An operation without an argument.
  mutating func operation(_ character: Unicode.Scalar) {
    fields.append(UInt8(truncatingIfNeeded: character.value))
  }

  mutating func global(_ module: String, _ name: String) {
    operation("c")
    fields.append("\(module)\n\(name)\n".utf8)
  }

  mutating func text(_ text: String) {
    operation("X")
    fields.append(UInt32(text.utf8.count))
    fields.append(text.utf8)
  }

  mutating func bool(_ value: Bool) {
    operation(value ? "\u{88}" : "\u{89}")
  }

  /// A number below 2^63.
  mutating func number(_ number: UInt64) {
    switch number {
    case 0...0xFF:
      operation("K")
      fields.append(UInt8(number))
    case 0...0xFFFF:
      operation("M")
      fields.append(UInt16(number))
    case 0...0x7FFF_FFFF:
      operation("J")
      fields.append(UInt32(number))
    default:
      operation("\u{8A}")
      fields.append([8])
      fields.append(number)
    }
  }

  mutating func tuple(_ numbers: [Int]) {
    guard !numbers.isEmpty else {
      operation(")")
      return
    }
    operation("(")
    for number in numbers { self.number(UInt64(number)) }
    operation("t")
  }

  /// An ordered dictionary without members.
  mutating func emptyOrderedDictionary() {
    global("collections", "OrderedDict")
    operation(")")
    operation("R")
  }
}
