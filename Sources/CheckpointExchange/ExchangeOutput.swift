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
  /// Written while the next piece is being read.
  private var buffers: [UnsafeMutableRawBufferPointer] = unsafe []
  private let pending = PendingWrite()

  /// Bytes of a piece: several chunks, so that several threads have work.
  private static let pieceBytes = 8 << 20

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
  }

  deinit {
    pending.wait()
    unsafe buffers.forEach { unsafe $0.deallocate() }
    file.discard()
  }

  /// Appends bytes.
  func append(_ bytes: [UInt8]) throws(CheckpointError) {
    try write(bytes, at: position)
    position += UInt64(bytes.count)
  }

  /// Appends all of a tensor's bytes, reading the next piece while the one before is written.
  /// - Parameter observe: is given the pieces in order, such as for a checksum.
  func append(
    _ tensor: StreamedTensor,
    observe: ((UnsafeRawBufferPointer) throws(CheckpointError) -> Void)? = nil
  ) throws(CheckpointError) {
    var start: UInt64 = 0
    var turn = 0
    while start < tensor.sizeBytes {
      let end = min(start + UInt64(Self.pieceBytes), tensor.sizeBytes)
      // The other buffer may still be being written; this one's write was waited for.
      let piece = unsafe UnsafeMutableRawBufferPointer(
        rebasing: buffer(turn)[0..<Int(end - start)])
      try unsafe tensor.read(start..<end, into: piece)
      if let observe = unsafe observe { try unsafe observe(UnsafeRawBufferPointer(piece)) }
      try finishPending()
      unsafe pending.start(UnsafeRawBufferPointer(piece), at: position, in: file)
      position += end - start
      start = end
      turn = 1 - turn
    }
    try finishPending()
  }

  /// Overwrites bytes that have been appended, such as a header whose checksum is known only now.
  func write(_ bytes: [UInt8], at offset: UInt64) throws(CheckpointError) {
    let result: Result<Void, IOError> = unsafe bytes.withUnsafeBytes { bytes in
      Result { () throws(IOError) in try unsafe file.write(bytes, at: offset) }
    }
    if case .failure(let error) = result { throw Self.named(error, path) }
  }

  /// Publishes the file durably.
  /// - Parameter replacing: whether a file of that name is replaced; otherwise it is an error.
  /// - Throws: `CheckpointError`: `exists`, `noSpace`, `io`; after `outcomeUnknown` the new file may
  ///   or may not be there.
  func commit(replacing: Bool) throws(CheckpointError) {
    do throws(PublishError) {
      try file.commit(as: name, replacing: replacing)
    } catch {
      var failure = CheckpointError(error)
      failure.path = path
      throw failure
    }
  }

  private func buffer(_ turn: Int) -> UnsafeMutableRawBufferPointer {
    while unsafe buffers.count <= turn {
      unsafe buffers.append(.allocate(byteCount: Self.pieceBytes, alignment: 4096))
    }
    return unsafe buffers[turn]
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
