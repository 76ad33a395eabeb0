internal import Checkpoint

/// A ZIP archive of another tool, open for reading. It is taken only if the directory and each member's own
/// header say the same, if members don't overlap, and if no member can be larger unpacked than its
/// packed bytes can make it. The data are checked by `verify` or as they are read whole.
///
/// What no archive of tensors needs is refused: encryption, methods other than stored and deflated,
/// several disks, a name twice.
final class ZipReader: Sendable {
  let file: ForeignFile
  /// In the order of the directory.
  let members: [ZipMember]
  private let numbers: [[UInt8]: Int]

  /// JSON deflates to a tenth.
  private static let textRatio: UInt64 = 16

  /// Reads the directory and every member's header.
  /// - Throws: `CheckpointError`: `corrupt` or `truncated` for what is no archive or a damaged one;
  ///   `unsupportedVersion` for what is refused; `limitExceeded`; `io`.
  init(_ file: ForeignFile) throws(CheckpointError) {
    self.file = file
    let directory = try ZipDirectory(file)
    var members: [ZipMember] = []
    var numbers: [[UInt8]: Int] = [:]
    var fields = FieldReader(
      try file.bytes(Int(directory.sizeBytes), at: directory.offset), origin: directory.offset,
      path: file.path)
    for _ in 0..<directory.count {
      let entry = try ZipEntry(&fields, path: file.path)
      let member = try entry.member(in: file, directoryOffset: directory.offset)
      guard numbers.updateValue(members.count, forKey: entry.nameBytes) == nil else {
        throw CheckpointError(
          .corrupt, "the name is in the archive twice", path: file.path, item: member.name,
          byteOffset: member.headerOffset)
      }
      members.append(member)
    }
    guard fields.isAtEnd else {
      throw CheckpointError(
        .corrupt,
        "the archive's directory has more entries than the \(directory.count) it tells of",
        path: file.path, byteOffset: fields.byteOffset)
    }
    self.members = members
    self.numbers = numbers
    try checkPlaces()
  }

  /// The member of that name: the very bytes, whatever Unicode holds for the same.
  func member(_ name: String) -> ZipMember? {
    numbers[Array(name.utf8)].map { members[$0] }
  }

  /// All of a member's bytes, checked.
  /// - Parameter limit: more than so many bytes are refused, before anything is allocated.
  /// - Throws: `CheckpointError`: `limitExceeded`; `checksumMismatch`, `corrupt` for damage; `io`.
  func bytes(of member: ZipMember, limit: Int) throws(CheckpointError) -> [UInt8] {
    guard member.sizeBytes <= UInt64(limit) else {
      throw CheckpointError(
        .limitExceeded, "\(member.sizeBytes) bytes where at most \(limit) are expected",
        path: file.path, item: member.name)
    }
    let stream = ZipMemberStream(member, in: file)
    var result: Result<Void, CheckpointError> = .success(())
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(member.sizeBytes)) {
      buffer, count in
      result = Result { () throws(CheckpointError) in
        try unsafe stream.read(into: UnsafeMutableRawBufferPointer(buffer))
        count = buffer.count
      }
    }
    try result.get()
    try stream.finish()
    return bytes
  }

  /// All bytes of a member that will be taken apart, checked. What a parser makes of a text takes many
  /// times its memory, so that a deflated one may not be much larger than the archive.
  /// - Throws: as `bytes(of:limit:)`.
  func text(of member: ZipMember, limit: Int) throws(CheckpointError) -> [UInt8] {
    let honest = max(file.sizeBytes, 1 << 16).multipliedReportingOverflow(by: Self.textRatio)
    guard member.method == .stored || honest.overflow || member.sizeBytes <= honest.partialValue
    else {
      throw CheckpointError(
        .limitExceeded,
        "a text of \(member.sizeBytes) bytes, packed in an archive of \(file.sizeBytes)",
        path: file.path, item: member.name, advice: "write the archive again, stored")
    }
    return try bytes(of: member, limit: limit)
  }

  /// Reads all of a member once and checks it.
  /// - Throws: `CheckpointError`: `checksumMismatch`, `corrupt` for damage; `io`.
  func verify(_ member: ZipMember) throws(CheckpointError) {
    let stream = ZipMemberStream(member, in: file)
    try stream.skip(to: member.sizeBytes)
    try stream.finish()
  }

  /// That no two members share bytes: a small archive could be endless otherwise.
  private func checkPlaces() throws(CheckpointError) {
    var end: UInt64 = 0
    for member in members.sorted(by: { $0.headerOffset < $1.headerOffset }) {
      guard member.headerOffset >= end else {
        throw CheckpointError(
          .corrupt, "the member overlaps another", path: file.path, item: member.name,
          byteOffset: member.headerOffset)
      }
      end = member.dataOffset + member.packedSizeBytes
    }
  }
}
