internal import Checkpoint

/// Little-endian fields of a piece of a foreign file, read in order and never beyond its end.
struct FieldReader {
  /// Where the next field begins, within the piece.
  private(set) var position = 0
  private let bytes: [UInt8]
  private let path: FilePath
  private let origin: UInt64

  /// - Parameter origin: where the piece begins in the file, for errors.
  init(_ bytes: [UInt8], origin: UInt64 = 0, path: FilePath) {
    self.bytes = bytes
    self.path = path
    self.origin = origin
  }

  /// Whether all has been read.
  var isAtEnd: Bool { position == bytes.count }

  /// How much there still is.
  var remaining: Int { bytes.count - position }

  /// The next field's place in the file.
  var byteOffset: UInt64 { origin &+ UInt64(position) }

  /// The next number.
  /// - Throws: `CheckpointError` with code `truncated` if the piece ends before.
  mutating func integer<T: FixedWidthInteger & UnsignedInteger>(
    _ type: T.Type = T.self
  ) throws(CheckpointError) -> T {
    let count = T.bitWidth / 8
    try need(count)
    var value: T = 0
    for index in (0..<count).reversed() { value = value << 8 | T(bytes[position + index]) }
    position += count
    return value
  }

  /// The next `count` bytes.
  /// - Throws: as `integer(_:)`.
  mutating func bytes(_ count: Int) throws(CheckpointError) -> ArraySlice<UInt8> {
    try need(count)
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// Passes over `count` bytes.
  /// - Throws: as `integer(_:)`.
  mutating func skip(_ count: Int) throws(CheckpointError) {
    try need(count)
    position += count
  }

  private func need(_ count: Int) throws(CheckpointError) {
    guard count >= 0, count <= remaining else {
      throw CheckpointError(
        .truncated, "\(count) bytes are needed where the record ends", path: path,
        byteOffset: byteOffset)
    }
  }
}
