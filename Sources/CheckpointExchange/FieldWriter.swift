/// Bytes of little-endian fields.
struct FieldWriter {
  private(set) var bytes: [UInt8] = []

  /// Appends a number.
  mutating func append(_ value: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  /// Appends bytes.
  mutating func append(_ other: some Sequence<UInt8>) {
    bytes.append(contentsOf: other)
  }
}
