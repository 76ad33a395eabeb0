import Checkpoint

/// The frame around each event in a file (TFRecord): length, its checksum, data, their checksum.
package enum EventRecord {
  /// Bytes of length and checksum before the data.
  static let headBytes = 12
  /// Bytes of a frame without the data.
  static let frameBytes = 16

  /// Data in their frame.
  package static func framed(_ data: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(data.count + frameBytes)
    bytes.append(littleEndian: UInt64(data.count))
    bytes.append(littleEndian: maskedChecksum(bytes))
    bytes += data
    bytes.append(littleEndian: maskedChecksum(data))
    return bytes
  }

  /// CRC-32C, turned and shifted so that a checksum of data with checksums in them stays one.
  static func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
    let checksum = CRC32C.checksum(bytes)
    return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }

  /// The data of the frame at an offset of a file; nil where there is no whole and sound one.
  static func data(
    of file: AppendedFile, at offset: UInt64, limit: UInt64
  ) throws(TrainerError) -> [UInt8]? {
    let limit = min(limit, file.sizeBytes)
    guard limit >= UInt64(frameBytes), offset <= limit - UInt64(frameBytes) else { return nil }
    let head = try file.bytes(at: offset, count: headBytes)
    guard head.count == headBytes,
      maskedChecksum(Array(head[..<8])) == number(head[8...])
    else { return nil }
    let length = UInt64(number(head[4..<8])) << 32 | UInt64(number(head[..<4]))
    guard length <= limit - offset - UInt64(frameBytes) else { return nil }
    let body = try file.bytes(at: offset + UInt64(headBytes), count: Int(length) + 4)
    guard body.count == Int(length) + 4 else { return nil }
    let data = Array(body.dropLast(4))
    return maskedChecksum(data) == number(body.suffix(4)) ? data : nil
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
