/// Bytes being put together from little-endian numbers.
package struct ByteWriter {
  package private(set) var bytes: [UInt8] = []

  package init(capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  /// Appends an integer.
  package mutating func append<T: FixedWidthInteger>(_ value: T) {
    unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  /// Appends bytes.
  package mutating func append(contentsOf more: some Sequence<UInt8>) {
    bytes.append(contentsOf: more)
  }

  /// Appends `count` zero bytes.
  package mutating func appendZeros(_ count: Int) {
    bytes += [UInt8](repeating: 0, count: count)
  }

  /// Appends zeros until the length is a multiple of `alignment`.
  package mutating func align(to alignment: Int) {
    appendZeros((alignment - bytes.count % alignment) % alignment)
  }

  /// Writes an integer over what stands at `offset`.
  package mutating func replace<T: FixedWidthInteger>(at offset: Int, with value: T) {
    unsafe withUnsafeBytes(of: value.littleEndian) {
      unsafe bytes.replaceSubrange(offset..<offset + $0.count, with: $0)
    }
  }
}
