internal import Checkpoint
internal import CheckpointIO
internal import SystemPackage

/// The file that is being written in another tool's format: appended to, then published whole and
/// durable like a checkpoint, or not at all. For one thread.
@safe
final class ExchangeOutput {
  /// Where the file will be.
  let path: FilePath
  /// How many bytes have been appended.
  private(set) var position: UInt64 = 0
  private let name: String
  private let file: AtomicFile
  /// One is written while the other is filled.
  private let blocks: [UnsafeMutableRawBufferPointer]
  /// The block that is being filled: which of the two, and how far.
  private var turn = 0
  private var filledBytes = 0
  private let pending = PendingJob<IOError>()

  /// Bytes of a block: several chunks, so that several threads have work, and whole pages, so that all but the
  /// last can be written past the page cache.
  private static let blockBytes = 8 << 20

  /// - Parameter expectedSizeBytes: reserved beforehand, if it is known.
  /// - Throws: `CheckpointError`: `notFound`, `noSpace`, `permissionDenied`, `io`.
  init(
    _ path: FilePath, expectedSizeBytes: UInt64? = nil, in fileSystem: any FileSystem
  ) throws(CheckpointError) {
    self.path = path
    guard let name = path.lastComponent?.string else {
      throw CheckpointError(.invalidArgument, "a file's name is missing", path: path)
    }
    self.name = name
    let parent = path.removingLastComponent()
    do throws(IOError) {
      let directory = try fileSystem.openDirectory(parent.isEmpty ? "." : parent)
      // Of writers that were killed; those of living ones stay.
      _ = try? StaleTemporaries.remove(in: directory)
      file = try AtomicFile(in: directory, expectedSizeBytes: expectedSizeBytes)
    } catch {
      throw Self.named(error, path)
    }
    // Last: an initializer that throws frees nothing.
    unsafe blocks = (0..<2).map { _ in
      .allocate(byteCount: Self.blockBytes, alignment: 4096)
    }
  }

  deinit {
    pending.wait()
    unsafe blocks.forEach { unsafe $0.deallocate() }
    file.discard()
  }

  /// Appends bytes.
  func append(_ bytes: [UInt8]) throws(CheckpointError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let some = rest.prefix(Self.blockBytes - filledBytes)
      unsafe blocks[turn][filledBytes..<filledBytes + some.count].copyBytes(from: some)
      try advance(some.count)
      rest = rest.dropFirst(some.count)
    }
  }

  /// Appends all of a tensor's bytes, reading while what has been read is written.
  /// - Parameter observe: is given the pieces in order, such as for a checksum.
  func append(
    _ tensor: StreamedTensor,
    observe: ((UnsafeRawBufferPointer) throws(CheckpointError) -> Void)? = nil
  ) throws(CheckpointError) {
    var start: UInt64 = 0
    while start < tensor.sizeBytes {
      let end = min(start + UInt64(Self.blockBytes - filledBytes), tensor.sizeBytes)
      let piece = unsafe UnsafeMutableRawBufferPointer(
        rebasing: blocks[turn][filledBytes..<filledBytes + Int(end - start)])
      try unsafe tensor.read(start..<end, into: piece)
      if let observe = unsafe observe { try unsafe observe(UnsafeRawBufferPointer(piece)) }
      try advance(piece.count)
      start = end
    }
  }

  /// Overwrites bytes that have been appended, such as a header whose checksum is known only now.
  func write(_ bytes: [UInt8], at offset: UInt64) throws(CheckpointError) {
    precondition(offset + UInt64(bytes.count) <= position)
    let blockStart = position - UInt64(filledBytes)
    let outside = offset < blockStart ? bytes.prefix(Int(clamping: blockStart - offset)) : []
    if !outside.isEmpty {
      try finishPending()
      let outside = Array(outside)
      let result: Result<Void, IOError> = unsafe outside.withUnsafeBytes { bytes in
        Result { () throws(IOError) in try unsafe file.write(bytes, at: offset) }
      }
      if case .failure(let error) = result { throw Self.named(error, path) }
    }
    let inside = bytes.dropFirst(outside.count)
    guard !inside.isEmpty else { return }
    let place = Int(offset + UInt64(outside.count) - blockStart)
    unsafe blocks[turn][place..<place + inside.count].copyBytes(from: inside)
  }

  /// Counts bytes that have been put into the block; starts to write it when it is full.
  private func advance(_ count: Int) throws(CheckpointError) {
    filledBytes += count
    position += UInt64(count)
    if filledBytes == Self.blockBytes { try flush() }
  }

  private func flush() throws(CheckpointError) {
    guard filledBytes > 0 else { return }
    // The other block is free from here on.
    try finishPending()
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: blocks[turn][0..<filledBytes])
    nonisolated(unsafe) let piece = unsafe bytes
    pending.start { [file, offset = position - UInt64(filledBytes)] () throws(IOError) in
      try unsafe file.write(piece, at: offset, through: piece.count == Self.blockBytes)
    }
    turn = 1 - turn
    filledBytes = 0
  }

  /// Publishes the file durably.
  /// - Parameter replacing: whether a file of that name is replaced; otherwise it is an error.
  /// - Throws: `CheckpointError`: `exists`, `noSpace`, `io`; after `outcomeUnknown` the new file may
  ///   or may not be there.
  func commit(replacing: Bool) throws(CheckpointError) {
    try flush()
    try finishPending()
    do throws(PublishError) {
      try file.commit(as: name, replacing: replacing)
    } catch {
      var failure = CheckpointError(error)
      failure.path = path
      throw failure
    }
  }

  private func finishPending() throws(CheckpointError) {
    if let error = pending.wait() { throw Self.named(error, path) }
  }

  /// The error, said of the file that was to be: nobody knows the temporary, and it is gone.
  private static func named(_ error: IOError, _ path: FilePath) -> CheckpointError {
    var failure = CheckpointError(error)
    failure.path = path
    return failure
  }
}
