internal import Checkpoint

/// Bytes at offsets: a foreign file, a part of one, or what is unpacked in memory. Reads beyond the
/// end are errors.
@safe
struct ForeignBytes: Sendable {
  /// Fills the buffer with the bytes from an offset. Threads may call it at the same time.
  typealias Fill =
    @Sendable (UnsafeMutableRawBufferPointer, UInt64) throws(CheckpointError) -> Void

  /// The file they are in, for errors.
  let path: FilePath
  let sizeBytes: UInt64
  private let fill: Fill

  init(path: FilePath, sizeBytes: UInt64, fill: @escaping Fill) {
    self.path = path
    self.sizeBytes = sizeBytes
    unsafe self.fill = fill
  }

  /// All of a file.
  init(_ file: ForeignFile) {
    unsafe self.init(path: file.path, sizeBytes: file.sizeBytes) {
      buffer, offset throws(CheckpointError) in
      try unsafe file.read(into: buffer, at: offset)
    }
  }

  /// Bytes in memory.
  init(_ bytes: [UInt8], path: FilePath) {
    unsafe self.init(path: path, sizeBytes: UInt64(bytes.count)) { buffer, offset in
      unsafe bytes.withUnsafeBytes { bytes in
        unsafe buffer.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<Int(offset) + buffer.count]))
      }
    }
  }

  /// Fills `buffer` with the bytes from `offset`.
  /// - Throws: `CheckpointError` with code `truncated` beyond the end; `io`.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(CheckpointError) {
    try require(UInt64(buffer.count), at: offset)
    guard buffer.count > 0 else { return }
    try unsafe fill(buffer, offset)
  }

  /// The `count` bytes from `offset`.
  /// - Throws: as `read(into:at:)`, before anything is allocated.
  func bytes(_ count: UInt64, at offset: UInt64) throws(CheckpointError) -> [UInt8] {
    try require(count, at: offset)
    var result: Result<Void, CheckpointError> = .success(())
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
      result = Result { () throws(CheckpointError) in
        try unsafe read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
        initialized = buffer.count
      }
    }
    try result.get()
    return bytes
  }

  private func require(_ count: UInt64, at offset: UInt64) throws(CheckpointError) {
    guard offset <= sizeBytes, count <= sizeBytes - offset else {
      throw CheckpointError(
        .truncated, "\(count) bytes are needed where there are no more", path: path,
        byteOffset: offset)
    }
  }
}
