/// A file in a ZIP archive, as its directory and its own header agree on.
struct ZipMember: Sendable {
  /// How the data is kept.
  enum Method: Sendable {
    case stored
    case deflated
  }

  /// The name, which is data: never a path of the file system.
  let name: String
  let method: Method
  /// The checksum of the unpacked data.
  let crc32: UInt32
  /// Of the unpacked data; for what is deflated a promise that `ZipMemberStream` holds it to.
  let sizeBytes: UInt64
  /// Bytes in the archive.
  let packedSizeBytes: UInt64
  /// Where the member's header begins in the archive.
  let headerOffset: UInt64
  /// Where the data begins in the archive: of a stored member, byte `n` is there `n` further on.
  let dataOffset: UInt64
}
