internal import Checkpoint

/// Reads a file's descriptions. An honest file has each of their bytes in one place, so that no more
/// bytes are read in all than the file has: files whose parts overlap or go in circles end there.
struct HDF5Metadata {
  let source: ForeignBytes
  private var budget: UInt64
  private var visited: Set<UInt64> = []
  private var globalHeaps: [UInt64: [UInt32: ArraySlice<UInt8>]] = [:]

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

  /// An object of the global heap at `offset`. Many may refer to a heap: it is gone through once.
  /// - Throws: `CheckpointError`: `corrupt` if there is no such object; `truncated`, `io`.
  mutating func object(
    _ number: UInt32, inGlobalHeapAt offset: UInt64
  ) throws(CheckpointError) -> ArraySlice<UInt8> {
    if globalHeaps[offset] == nil { globalHeaps[offset] = try globalHeap(at: offset) }
    guard let bytes = globalHeaps[offset]?[number] else {
      throw corrupt("no text \(number) in the global heap", at: offset)
    }
    return bytes
  }

  /// Its objects by their numbers, of several of one number the first.
  private mutating func globalHeap(
    at offset: UInt64
  ) throws(CheckpointError) -> [UInt32: ArraySlice<UInt8>] {
    var fields = try piece(16, at: offset, signature: HDF5Format.globalHeap, of: "a global heap")
    try fields.skip(4)
    let count: UInt64 = try fields.integer()
    guard count >= 16 else { throw corrupt("a global heap of \(count) bytes", at: offset) }
    var heap = try piece(count - 16, at: offset + 16)
    var objects: [UInt32: ArraySlice<UInt8>] = [:]
    while heap.remaining >= 16 {
      let number: UInt16 = try heap.integer()
      try heap.skip(6)
      let sizeBytes: UInt64 = try heap.integer()
      // The rest is free.
      guard number != 0, sizeBytes <= UInt64(heap.remaining) else { break }
      let bytes = try heap.bytes(Int(sizeBytes))
      if objects[UInt32(number)] == nil { objects[UInt32(number)] = bytes }
      try heap.skip(min(heap.remaining, (8 - bytes.count % 8) % 8))
    }
    return objects
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
