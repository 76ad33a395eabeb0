internal import Checkpoint

/// Reads a file's descriptions. An honest file has each of their bytes in one place, so that no more
/// bytes are read in all than the file has: files whose parts overlap or go in circles end there.
struct HDF5Metadata {
  let source: ForeignBytes
  private var budget: UInt64
  private var visited: Set<UInt64> = []
  private var globalHeaps: [UInt64: [UInt8]] = [:]

  init(_ source: ForeignBytes) {
    self.source = source
    budget = source.sizeBytes
  }

  /// The `count` bytes at `offset`.
  /// - Throws: `CheckpointError`: `truncated` beyond the end; `corrupt` if too much was read; `io`.
  mutating func piece(_ count: UInt64, at offset: UInt64) throws(CheckpointError) -> FieldReader {
    FieldReader(try bytes(count, at: offset), origin: offset, path: source.path)
  }

  /// As `piece(_:at:)`, as bytes.
  mutating func bytes(_ count: UInt64, at offset: UInt64) throws(CheckpointError) -> [UInt8] {
    guard count <= budget else {
      guard offset <= source.sizeBytes, count <= source.sizeBytes - offset else {
        // The error that says so.
        return try source.bytes(count, at: offset)
      }
      throw corrupt("the file's parts overlap", at: offset)
    }
    let bytes = try source.bytes(count, at: offset)
    budget -= count
    return bytes
  }

  /// Notes that what is at `offset` has been reached.
  /// - Throws: `CheckpointError` with code `corrupt` if it was before.
  mutating func visit(_ offset: UInt64) throws(CheckpointError) {
    guard visited.insert(offset).inserted else {
      throw corrupt("what is here is reached twice", at: offset)
    }
  }

  /// The piece after a signature.
  mutating func piece(
    _ count: UInt64, at offset: UInt64, signature: [UInt8], of what: String
  ) throws(CheckpointError) -> FieldReader {
    var fields = try piece(count, at: offset)
    guard Array(try fields.bytes(signature.count)) == signature else {
      throw corrupt("\(what) is expected here", at: offset)
    }
    return fields
  }

  /// The global heap at `offset`, which many may refer to and which is read once.
  mutating func globalHeap(at offset: UInt64) throws(CheckpointError) -> FieldReader {
    if let bytes = globalHeaps[offset] {
      return FieldReader(bytes, origin: offset + 16, path: source.path)
    }
    var fields = try piece(16, at: offset, signature: HDF5Format.globalHeap, of: "a global heap")
    try fields.skip(4)
    let count: UInt64 = try fields.integer()
    guard count >= 16 else { throw corrupt("a global heap of \(count) bytes", at: offset) }
    let bytes = try bytes(count - 16, at: offset + 16)
    globalHeaps[offset] = bytes
    return FieldReader(bytes, origin: offset + 16, path: source.path)
  }

  func corrupt(_ what: String, at offset: UInt64) -> CheckpointError {
    CheckpointError(.corrupt, "HDF5: \(what)", path: source.path, byteOffset: offset)
  }

  func unsupported(_ what: String, at offset: UInt64) -> CheckpointError {
    CheckpointError(
      .unsupportedVersion, "HDF5: \(what)", path: source.path, byteOffset: offset,
      advice: "read are files as h5py writes them by default")
  }
}
