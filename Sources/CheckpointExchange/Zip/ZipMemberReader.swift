internal import Checkpoint
internal import CheckpointIO

/// Reads any part of a member, from any thread. Of a stored one at once; a deflated one is unpacked
/// from its start, so that parts in ascending order cost one pass, and each step back another.
/// Checks nothing that `ZipReader.verify` hasn't.
final class ZipMemberReader: Sendable {
  let member: ZipMember
  private let file: ForeignFile
  private let lock = Condition()
  // Guarded by `lock`; let go at the end, so that many members that have been read hold no memory.
  private nonisolated(unsafe) var stream: ZipMemberStream?

  init(_ member: ZipMember, in file: ForeignFile) {
    self.member = member
    self.file = file
  }

  /// Fills `buffer` with the bytes from `offset`.
  /// - Throws: `CheckpointError`: `truncated` beyond the end; `corrupt` for damage; `io`.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(CheckpointError) {
    guard offset <= member.sizeBytes, UInt64(buffer.count) <= member.sizeBytes - offset else {
      throw CheckpointError(
        .truncated,
        "\(buffer.count) bytes are needed at byte \(offset) of the member's \(member.sizeBytes)",
        path: file.path, item: member.name)
    }
    guard member.method == .deflated else {
      try unsafe file.read(into: buffer, at: member.dataOffset + offset)
      return
    }
    try lock.withLock { () throws(CheckpointError) in
      var stream = unsafe stream ?? ZipMemberStream(member, in: file)
      if stream.position > offset { stream = ZipMemberStream(member, in: file) }
      // Of no use any more if it throws.
      unsafe self.stream = nil
      try stream.skip(to: offset)
      try unsafe stream.read(into: buffer)
      guard stream.position == member.sizeBytes else {
        unsafe self.stream = stream
        return
      }
      try stream.finish()
    }
  }
}
