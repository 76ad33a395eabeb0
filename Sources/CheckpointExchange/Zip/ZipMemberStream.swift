internal import CZlib
internal import Checkpoint

/// A member's bytes from its start on, unpacked as far as they are asked for. Whoever comes to the end
/// by `finish` knows that all were right. For one thread; holds about 300 KiB.
@safe
final class ZipMemberStream {
  /// How many bytes have been given.
  private(set) var position: UInt64 = 0
  private let member: ZipMember
  private let file: ForeignFile
  private var crc: UInt = 0
  // Packed bytes: how many have been read from the file, and the last of them.
  private var packedPosition: UInt64 = 0
  private let input: UnsafeMutableRawBufferPointer
  // Allocated, because zlib keeps its address.
  private let stream: UnsafeMutablePointer<z_stream>?
  private let isReady: Bool
  private var hasEnded = false

  private static let inputBytes = 1 << 18

  init(_ member: ZipMember, in file: ForeignFile) {
    self.member = member
    self.file = file
    let inputBytes =
      member.method == .stored ? 0 : min(UInt64(Self.inputBytes), member.packedSizeBytes)
    unsafe input = .allocate(byteCount: Int(inputBytes), alignment: 16)
    if member.method == .deflated {
      let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
      unsafe stream.initialize(to: z_stream())
      unsafe self.stream = stream
      isReady = unsafe ckpt_inflate_init(stream, -15) == Z_OK
    } else {
      unsafe stream = nil
      isReady = true
    }
  }

  deinit {
    if let stream = unsafe stream {
      if isReady { unsafe inflateEnd(stream) }
      unsafe stream.deallocate()
    }
    unsafe input.deallocate()
  }

  /// Fills `buffer` with the next bytes; all of them must be there.
  /// - Throws: `CheckpointError`: `corrupt`, `truncated` for damage; `io`. The stream is of no use then.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CheckpointError) {
    guard UInt64(buffer.count) <= member.sizeBytes - position else {
      throw damaged("bytes are wanted beyond its end")
    }
    if let stream = unsafe stream {
      let count = try unsafe inflate(stream, into: buffer)
      guard count == buffer.count else { throw damaged("its packed data ends too early") }
    } else {
      try unsafe file.read(into: buffer, at: member.dataOffset + position)
    }
    position += UInt64(buffer.count)
    guard let start = buffer.baseAddress else { return }
    crc = unsafe crc32_z(crc, start.assumingMemoryBound(to: UInt8.self), buffer.count)
  }

  /// Passes over the bytes up to `target`, checking them like others.
  func skip(to target: UInt64) throws(CheckpointError) {
    guard target > position else { return }
    let scratch = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Int(min(target - position, 1 << 20)), alignment: 16)
    defer { unsafe scratch.deallocate() }
    while position < target {
      let count = Int(min(UInt64(scratch.count), target - position))
      try unsafe read(into: UnsafeMutableRawBufferPointer(rebasing: scratch[..<count]))
    }
  }

  /// Ends a stream of which everything has been read.
  /// - Throws: `CheckpointError`: `corrupt` if there is more than the directory promised, packed or
  ///   unpacked; `checksumMismatch`.
  func finish() throws(CheckpointError) {
    precondition(position == member.sizeBytes)
    if let stream = unsafe stream, !hasEnded {
      // One byte of room shows whether more would come.
      let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
      defer { unsafe room.deallocate() }
      let count = try unsafe inflate(stream, into: room)
      guard count == 0 else { throw damaged("it unpacks to more than the directory says") }
    }
    if let stream = unsafe stream {
      guard unsafe stream.pointee.avail_in == 0, packedPosition == member.packedSizeBytes else {
        throw damaged("something follows its packed data")
      }
    }
    guard UInt32(truncatingIfNeeded: crc) == member.crc32 else {
      throw CheckpointError(
        .checksumMismatch, "its bytes are not those that were written (CRC-32)", path: file.path,
        item: member.name, byteOffset: member.dataOffset, advice: "fetch the file again")
    }
  }

  /// Unpacks until the buffer is full or the data ends.
  private func inflate(
    _ stream: UnsafeMutablePointer<z_stream>, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) -> Int {
    guard isReady else {
      throw CheckpointError(
        .io, "there is no memory to unpack it", path: file.path, item: member.name)
    }
    var done = 0
    while done < buffer.count, !hasEnded {
      if unsafe stream.pointee.avail_in == 0 {
        let count = unsafe Int(min(UInt64(input.count), member.packedSizeBytes - packedPosition))
        try unsafe file.read(
          into: UnsafeMutableRawBufferPointer(rebasing: input[..<count]),
          at: member.dataOffset + packedPosition)
        packedPosition += UInt64(count)
        unsafe stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_in = UInt32(count)
      }
      let room = min(buffer.count - done, 1 << 30)
      unsafe stream.pointee.next_out = buffer.baseAddress?.advanced(by: done)
        .assumingMemoryBound(to: UInt8.self)
      unsafe stream.pointee.avail_out = UInt32(room)
      let status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
      done += unsafe room - Int(stream.pointee.avail_out)
      switch status {
      case Z_OK: break
      case Z_STREAM_END: hasEnded = true
      case Z_BUF_ERROR: throw damaged("its packed data is cut off")
      default: throw damaged("its packed data is damaged")
      }
    }
    return done
  }

  private func damaged(_ what: String) -> CheckpointError {
    CheckpointError(
      .corrupt, what, path: file.path, item: member.name, byteOffset: member.dataOffset)
  }
}
