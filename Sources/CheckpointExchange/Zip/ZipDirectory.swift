internal import Checkpoint

/// Where an archive's directory is, as the records at the file's end say.
struct ZipDirectory {
  let offset: UInt64
  let sizeBytes: UInt64
  /// How many members it tells of; the directory is large enough for them.
  let count: UInt64

  /// A directory larger than this is none of tensors.
  private static let sizeLimit: UInt64 = 1 << 28

  /// - Throws: `CheckpointError`: `truncated` if there is no end of an archive; `corrupt`;
  ///   `unsupportedVersion` for an archive on several disks; `limitExceeded`; `io`.
  init(_ file: ForeignFile) throws(CheckpointError) {
    let end = try Self.findEnd(in: file)
    var fields = FieldReader(
      try file.bytes(ZipRecord.endOfDirectoryBytes, at: end), origin: end, path: file.path)
    try fields.skip(4)
    let disk: UInt16 = try fields.integer()
    let directoryDisk: UInt16 = try fields.integer()
    let countHere: UInt16 = try fields.integer()
    let count: UInt16 = try fields.integer()
    let size: UInt32 = try fields.integer()
    let offset: UInt32 = try fields.integer()
    let large = try Zip64End(before: end, in: file)
    // Numbers that don't fit are in the other record; those that do must be the same there.
    func isSame<T: FixedWidthInteger & UnsignedInteger>(_ small: T, _ large: UInt64) -> Bool {
      UInt64(small) == large || small == .max
    }
    if let large {
      guard isSame(count, large.count), isSame(size, large.sizeBytes),
        isSame(offset, large.offset), count == countHere
      else { throw Self.damaged("the two ends of the directory differ", file, at: end) }
      self.count = large.count
      sizeBytes = large.sizeBytes
      self.offset = large.offset
    } else {
      guard disk == 0, directoryDisk == 0, count == countHere else {
        throw CheckpointError(
          .unsupportedVersion, "the archive is on several disks", path: file.path, byteOffset: end)
      }
      self.count = UInt64(count)
      sizeBytes = UInt64(size)
      self.offset = UInt64(offset)
    }
    let sum = self.offset.addingReportingOverflow(sizeBytes)
    guard !sum.overflow, sum.partialValue == large?.recordOffset ?? end else {
      throw Self.damaged("the directory doesn't end where its end begins", file, at: end)
    }
    guard sizeBytes <= Self.sizeLimit else {
      throw CheckpointError(
        .limitExceeded, "a directory of \(sizeBytes) bytes", path: file.path,
        byteOffset: self.offset)
    }
    guard self.count <= sizeBytes / UInt64(ZipRecord.directoryEntryBytes) else {
      throw Self.damaged("the directory is too small for \(self.count) members", file, at: end)
    }
  }

  static func damaged(_ what: String, _ file: ForeignFile, at offset: UInt64) -> CheckpointError {
    CheckpointError(.corrupt, what, path: file.path, byteOffset: offset)
  }

  /// The last record that ends, comment included, where the file does.
  private static func findEnd(in file: ForeignFile) throws(CheckpointError) -> UInt64 {
    let recordBytes = ZipRecord.endOfDirectoryBytes
    guard file.sizeBytes >= UInt64(recordBytes) else {
      throw CheckpointError(
        .truncated, "\(file.sizeBytes) bytes are no ZIP archive", path: file.path)
    }
    let count = Int(min(file.sizeBytes, UInt64(recordBytes + 0xFFFF)))
    let start = file.sizeBytes - UInt64(count)
    let tail = try file.bytes(count, at: start)
    for position in stride(from: count - recordBytes, through: 0, by: -1)
    where tail[position] == 0x50 && tail[position + 1] == 0x4b && tail[position + 2] == 5
      && tail[position + 3] == 6
    {
      let commentBytes = Int(tail[position + 20]) | Int(tail[position + 21]) << 8
      if position + recordBytes + commentBytes == count { return start + UInt64(position) }
    }
    throw CheckpointError(
      .truncated, "the end of a ZIP archive is missing", path: file.path,
      advice: "if it was an archive, fetch it again")
  }
}

/// The record of an archive beyond 32 bits.
private struct Zip64End {
  let recordOffset: UInt64
  let count: UInt64
  let sizeBytes: UInt64
  let offset: UInt64

  /// Nil if there is none before the record at `end`.
  init?(before end: UInt64, in file: ForeignFile) throws(CheckpointError) {
    let locatorBytes = UInt64(ZipRecord.zip64LocatorBytes)
    guard end >= locatorBytes else { return nil }
    let locatorOffset = end - locatorBytes
    var locator = FieldReader(
      try file.bytes(ZipRecord.zip64LocatorBytes, at: locatorOffset), origin: locatorOffset,
      path: file.path)
    guard try locator.integer(UInt32.self) == ZipRecord.zip64Locator else { return nil }
    let disk: UInt32 = try locator.integer()
    recordOffset = try locator.integer()
    let disks: UInt32 = try locator.integer()
    // Behind the record and before the locator only what the record counts as its own.
    guard recordOffset <= locatorOffset,
      locatorOffset - recordOffset >= UInt64(ZipRecord.zip64EndBytes)
    else {
      throw ZipDirectory.damaged("no ZIP64 record can be there", file, at: locatorOffset)
    }
    var fields = FieldReader(
      try file.bytes(ZipRecord.zip64EndBytes, at: recordOffset), origin: recordOffset,
      path: file.path)
    let signature: UInt32 = try fields.integer()
    let recordSize: UInt64 = try fields.integer()
    guard signature == ZipRecord.zip64End, recordSize == locatorOffset - recordOffset - 12 else {
      throw ZipDirectory.damaged(
        "the ZIP64 record isn't where it should be", file, at: recordOffset)
    }
    try fields.skip(4)
    let diskHere: UInt32 = try fields.integer()
    let directoryDisk: UInt32 = try fields.integer()
    let countHere: UInt64 = try fields.integer()
    count = try fields.integer()
    sizeBytes = try fields.integer()
    offset = try fields.integer()
    guard disk == 0, disks <= 1, diskHere == 0, directoryDisk == 0, countHere == count else {
      throw CheckpointError(
        .unsupportedVersion, "the archive is on several disks", path: file.path,
        byteOffset: recordOffset)
    }
  }
}
