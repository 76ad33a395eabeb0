internal import CheckpointFormat
internal import CheckpointIO
internal import SystemPackage

/// What is known of a directory's files. A file is read again when it has changed: inode, size or
/// modification time. Only a cache: the directory is the truth.
final class Catalog: Sendable {
  private struct Known {
    var status: FileStatus
    var entry: StoredCheckpoint?
  }

  private let known = Locked<[String: Known]>([:])

  /// The checkpoint of that name; nil if there is no such file, or it is no checkpoint.
  /// - Throws: `CheckpointError` for failures of the system that say nothing about the file.
  func entry(
    named name: String, in directory: any Directory
  ) throws(CheckpointError) -> StoredCheckpoint? {
    let status: FileStatus
    do throws(IOError) {
      status = try directory.status(of: name)
    } catch {
      guard error.code == .notFound else { throw CheckpointError(error) }
      return nil
    }
    guard status.kind == .regular else { return nil }
    if let found = known.withLock({ $0[name] }), found.status == status { return found.entry }
    let entry = Catalog.read(name, in: directory, status: status)
    if let failure = entry?.failure, failure.saysNothingOfFile { throw failure }
    // What couldn't be read for the system's sake may be readable the next time.
    if entry?.failure?.errno == nil {
      known.withLock { $0[name] = Known(status: status, entry: entry) }
    }
    return entry
  }

  /// Drops what is known of files that are gone.
  func forget(except names: Set<String>) {
    known.withLock { known in known = known.filter { names.contains($0.key) } }
  }

  private static func read(
    _ name: String, in directory: any Directory, status: FileStatus
  ) -> StoredCheckpoint? {
    let path = directory.path.appending(name)
    var entry = StoredCheckpoint(
      fileName: name, path: path, sizeBytes: status.sizeBytes, fileID: .none,
      summary: CheckpointSummary(), isPinned: false, failure: nil,
      created: Timestamp(nanoseconds: status.modifiedNanoseconds))
    do throws(CheckpointError) {
      let (block, summary) = try SummaryReading.read(name, in: directory)
      entry.fileID = block.fileID
      entry.created = block.created
      entry.summary = summary
    } catch {
      // Without the ending and without a magic it is somebody else's file.
      if error.code == .notACheckpoint, !name.hasSuffix(".ckpt") { return nil }
      entry.failure = error
    }
    return entry
  }
}

/// Reads a file's summary by one small read, or by more where the head is damaged.
enum SummaryReading {
  static func read(
    _ name: String, in directory: any Directory
  ) throws(CheckpointError) -> (Block, CheckpointSummary) {
    let path = directory.path.appending(name)
    let file: any File
    do throws(IOError) {
      file = try directory.open(name, .read)
    } catch {
      throw CheckpointError(error)
    }
    if let quick = try? readHead(file) { return quick }
    let container = try ContainerFile(file, path: path)
    return (container.block, container.index.summary)
  }

  private static func readHead(_ file: any File) throws -> (Block, CheckpointSummary) {
    let size = try file.status().sizeBytes
    let start = Block.sizeBytes
    let prefix = try file.readBytes(CheckpointSummary.prefixBytes, at: 0)
    let block = try Block(
      decoding: Array(prefix.prefix(start)), as: .superblock, at: 0, fileLengthBytes: size)
    var view = ByteView(Array(prefix.dropFirst(start).prefix(Int(block.indexLengthBytes))))
    let table = try SectionTable(
      decoding: view, isWhole: false, indexLengthBytes: block.indexLengthBytes,
      offset: UInt64(start))
    let end = CheckpointSummary.endOffset(in: table)
    if end > view.count { view = ByteView(try file.readBytes(end, at: UInt64(start))) }
    for extent in table.extents where extent.range.upperBound <= end {
      try table.check(extent, in: view, offset: UInt64(start))
    }
    return (block, try CheckpointSummary(decoding: view, table: table))
  }
}

extension CheckpointError {
  /// Whether it is the process or the system that has a problem, rather than the file: then no older
  /// checkpoint must be taken for the newest.
  var saysNothingOfFile: Bool {
    switch errno {
    case nil, .ioError?, .noSuchFileOrDirectory?, .permissionDenied?, .tooManySymbolicLinkLevels?:
      code == .limitExceeded
    default: true
    }
  }
}
