/// A message in the encoding of protocol buffers (https://protobuf.dev/programming-guides/encoding),
/// field by field, as far as TensorBoard's event files need it.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  private mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func appendKey(_ field: Int, wireType: UInt64) {
    appendVarint(UInt64(field) << 3 | wireType)
  }

  /// An integer; 0 is what a field has that isn't there.
  mutating func append(_ field: Int, integer: Int64) {
    guard integer != 0 else { return }
    appendKey(field, wireType: 0)
    appendVarint(UInt64(bitPattern: integer))
  }

  mutating func append(_ field: Int, double: Double) {
    appendKey(field, wireType: 1)
    bytes.append(littleEndian: double.bitPattern)
  }

  mutating func append(_ field: Int, bytes content: [UInt8]) {
    appendKey(field, wireType: 2)
    appendVarint(UInt64(content.count))
    bytes += content
  }

  mutating func append(_ field: Int, text: String) { append(field, bytes: Array(text.utf8)) }

  mutating func append(_ field: Int, _ message: ProtobufMessage) {
    append(field, bytes: message.bytes)
  }
}

extension [UInt8] {
  /// The bytes of an integer, the lowest first.
  mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}
