internal import Checkpoint

/// What an archive's directory says of a member, before its own header has been asked.
struct ZipEntry {
  let nameBytes: [UInt8]
  private let name: String
  private let flags: UInt16
  private let method: UInt16
  private let crc32: UInt32
  private let packedSizeBytes: UInt64
  private let sizeBytes: UInt64
  private let headerOffset: UInt64
  private let path: FilePath
  private let entryOffset: UInt64

  /// How many bytes one packed byte stands for at most: a property of the method.
  private static let largestRatio: UInt64 = 1032

  /// Reads the next entry.
  init(_ fields: inout FieldReader, path: FilePath) throws(CheckpointError) {
    self.path = path
    entryOffset = fields.byteOffset
    guard try fields.integer(UInt32.self) == ZipRecord.directoryEntry else {
      throw CheckpointError(
        .corrupt, "an entry of the archive's directory is damaged", path: path,
        byteOffset: entryOffset)
    }
    try fields.skip(4)
    flags = try fields.integer()
    method = try fields.integer()
    try fields.skip(4)
    crc32 = try fields.integer()
    let smallPackedSize: UInt32 = try fields.integer()
    let smallSize: UInt32 = try fields.integer()
    let nameCount: UInt16 = try fields.integer()
    let extraCount: UInt16 = try fields.integer()
    let commentCount: UInt16 = try fields.integer()
    let disk: UInt16 = try fields.integer()
    try fields.skip(6)
    let smallOffset: UInt32 = try fields.integer()
    nameBytes = Array(try fields.bytes(Int(nameCount)))
    let extraOffset = fields.byteOffset
    let extra = Array(try fields.bytes(Int(extraCount)))
    try fields.skip(Int(commentCount))
    guard let name = String(validating: nameBytes, as: UTF8.self), !nameBytes.isEmpty,
      !nameBytes.contains(0)
    else {
      throw CheckpointError(
        .unsupportedVersion, "a member's name is empty or isn't UTF-8", path: path,
        byteOffset: entryOffset)
    }
    self.name = name
    guard disk == 0 else {
      throw CheckpointError(
        .unsupportedVersion, "the archive is on several disks", path: path, item: name,
        byteOffset: entryOffset)
    }
    var large = ZipLargeSizes(try FieldReader.zip64(extra, origin: extraOffset, path: path))
    sizeBytes = try large.value(smallSize)
    packedSizeBytes = try large.value(smallPackedSize)
    headerOffset = try large.value(smallOffset)
  }

  /// The member, after a look at its own header.
  /// - Throws: `CheckpointError`: `corrupt` if the two differ or say what can't be;
  ///   `unsupportedVersion`; `io`.
  func member(
    in file: ForeignFile, directoryOffset: UInt64
  ) throws(CheckpointError) -> ZipMember {
    let method = try checkedMethod()
    guard headerOffset <= directoryOffset,
      directoryOffset - headerOffset >= UInt64(ZipRecord.localHeaderBytes)
    else { throw damaged("its header would lie beyond the members") }
    var fields = FieldReader(
      try file.bytes(ZipRecord.localHeaderBytes, at: headerOffset), origin: headerOffset,
      path: path)
    let signature: UInt32 = try fields.integer()
    try fields.skip(2)
    let localFlags: UInt16 = try fields.integer()
    let localMethod: UInt16 = try fields.integer()
    try fields.skip(4)
    let localCRC: UInt32 = try fields.integer()
    let localPackedSize: UInt32 = try fields.integer()
    let localSize: UInt32 = try fields.integer()
    let nameCount: UInt16 = try fields.integer()
    let extraCount: UInt16 = try fields.integer()
    let nameOffset = headerOffset + UInt64(ZipRecord.localHeaderBytes)
    let dataOffset = nameOffset + UInt64(nameCount) + UInt64(extraCount)
    guard signature == ZipRecord.localHeader, localFlags == flags, localMethod == self.method,
      Int(nameCount) == nameBytes.count, dataOffset <= directoryOffset
    else { throw damaged("its own header differs from the archive's directory") }
    let rest = try file.bytes(Int(nameCount) + Int(extraCount), at: nameOffset)
    guard rest.starts(with: nameBytes) else {
      throw damaged("its own header has another name")
    }
    var large = ZipLargeSizes(
      try FieldReader.zip64(
        Array(rest[Int(nameCount)...]), origin: nameOffset + UInt64(nameCount), path: path))
    let size = try large.value(localSize)
    let packedSize = try large.value(localPackedSize)
    // A writer that didn't know them beforehand has left them open, and written them behind the data.
    let isOpen =
      flags & ZipRecord.descriptorFlag != 0 && localCRC == 0 && size == 0
      && packedSize == 0
    guard isOpen || (size == sizeBytes && packedSize == packedSizeBytes && localCRC == crc32)
    else { throw damaged("its own header differs from the archive's directory") }
    guard packedSizeBytes <= directoryOffset - dataOffset else {
      throw damaged("its data would go on beyond the members")
    }
    switch method {
    case .stored:
      guard sizeBytes == packedSizeBytes else { throw damaged("stored data has two sizes") }
    case .deflated:
      guard sizeBytes / Self.largestRatio <= packedSizeBytes else {
        throw damaged("\(packedSizeBytes) packed bytes can't make \(sizeBytes)")
      }
    }
    return ZipMember(
      name: name, method: method, crc32: crc32, sizeBytes: sizeBytes,
      packedSizeBytes: packedSizeBytes, headerOffset: headerOffset, dataOffset: dataOffset)
  }

  private func checkedMethod() throws(CheckpointError) -> ZipMember.Method {
    guard
      flags & (ZipRecord.encryptedFlag | ZipRecord.strongEncryptionFlag | ZipRecord.maskedFlag) == 0
    else { throw refused("it is encrypted") }
    guard flags & ZipRecord.patchFlag == 0 else { throw refused("it is a patch of another file") }
    switch method {
    case 0: return .stored
    case 8: return .deflated
    case 9: throw refused("it is packed with deflate64")
    case 12: throw refused("it is packed with bzip2")
    case 14: throw refused("it is packed with LZMA")
    case 93: throw refused("it is packed with zstd")
    case 95: throw refused("it is packed with xz")
    default: throw refused("it is packed with method \(method)")
    }
  }

  private func damaged(_ what: String) -> CheckpointError {
    CheckpointError(.corrupt, what, path: path, item: name, byteOffset: entryOffset)
  }

  private func refused(_ what: String) -> CheckpointError {
    CheckpointError(
      .unsupportedVersion, what, path: path, item: name, byteOffset: entryOffset,
      advice: "write the archive again, stored or deflated")
  }
}
