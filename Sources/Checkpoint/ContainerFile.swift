internal import CheckpointFormat
internal import CheckpointIO
internal import SystemPackage

/// An open container: its blocks and index read and checked, its chunks to be read from any thread.
final class ContainerFile: Sendable {
  let path: FilePath
  let sizeBytes: UInt64
  let block: Block
  let index: ContainerIndex
  /// Spare copies that were found damaged on the way.
  let damage: [CheckpointError]
  let file: any File

  /// Reads blocks and index. Where one copy is damaged the other one serves.
  init(_ file: any File, path: FilePath) throws(CheckpointError) {
    do {
      let size = try file.status().sizeBytes
      let (block, blockDamage) = try ContainerFile.readBlock(file, sizeBytes: size)
      let (index, indexDamage) = try ContainerFile.readIndex(file, sizeBytes: size, block: block)
      self.path = path
      self.file = file
      sizeBytes = size
      self.block = block
      self.index = index
      damage = (blockDamage + indexDamage).map { $0.error(path: path) }
    } catch let error as CopyFailure {
      throw error.error(path: path)
    } catch let error as FormatError {
      throw CheckpointError(error, path: path)
    } catch let error as IOError {
      throw CheckpointError(error)
    } catch {
      throw CheckpointError(.io, "\(error)", path: path)
    }
  }

  /// For salvage: with a block and an index that were put together from what is left.
  init(
    _ file: any File, path: FilePath, sizeBytes: UInt64, block: Block, index: ContainerIndex,
    damage: [CheckpointError]
  ) {
    self.path = path
    self.file = file
    self.sizeBytes = sizeBytes
    self.block = block
    self.index = index
    self.damage = damage
  }

  /// Opens the file at `path`, symbolic links followed. Errors name the path that was given.
  static func open(_ path: FilePath, in fileSystem: any FileSystem) throws(CheckpointError)
    -> any File
  {
    let kind: FileStatus.Kind
    do throws(IOError) {
      let target = fileSystem is PosixFileSystem ? PosixFileSystem.resolvingLinks(path) : path
      guard let name = target.lastComponent?.string else {
        throw IOError(code: .notFound, operation: "open", path: path)
      }
      let parent = target.removingLastComponent()
      let directory = try fileSystem.openDirectory(parent.isEmpty ? "." : parent)
      let file = try directory.open(name, .read)
      kind = try file.status().kind
      if kind == .regular { return file }
    } catch {
      var error = CheckpointError(error)
      error.path = path
      throw error
    }
    throw CheckpointError(
      .notACheckpoint, "this is a \(kind == .directory ? "directory" : "special file")",
      path: path, advice: kind == .directory ? "ckpt ls lists it" : nil)
  }

  // MARK: Blocks

  private static func readBlock(
    _ file: any File, sizeBytes: UInt64
  ) throws -> (Block, damage: [CopyFailure]) {
    let size = UInt64(Block.sizeBytes)
    guard sizeBytes >= 2 * size else {
      throw FormatError(
        .notAContainer, "\(sizeBytes) bytes are too few for a checkpoint", offset: sizeBytes)
    }
    let trailerOffset = sizeBytes - size
    let head = try readBlock(file, .superblock, at: 0, fileLengthBytes: sizeBytes)
    let tail = try readBlock(file, .trailer, at: trailerOffset, fileLengthBytes: sizeBytes)
    switch (head, tail) {
    case (.success(let head), .success(let tail)):
      guard head.facts() == tail.facts(), head.rootDigest == tail.rootDigest else {
        throw FormatError(
          .blockMismatch, "superblock and trailer contradict one another", offset: 8)
      }
      return (tail, [])
    case (.success(let head), .failure(let error)) where error.isDamage: return (head, [error])
    case (.failure(let error), .success(let tail)) where error.isDamage: return (tail, [error])
    case (.success, .failure(let error)), (.failure(let error), .success): throw error
    case (.failure(let head), .failure(let tail)):
      // A block that is whole and says no has the last word; then a disk that can't tell; then one
      // that is a block at all.
      if !head.isDamage { throw head }
      if !tail.isDamage { throw tail }
      if case .unreadable = head { throw head }
      if case .unreadable = tail { throw tail }
      if head.rule == .magic, tail.rule == .magic {
        throw FormatError(.notAContainer, "this is no checkpoint: the magic is missing", offset: 0)
      }
      throw head.rule == .magic ? tail : head
    }
  }

  /// - Parameter length: how long the file is; nil for salvage, which takes torn files too.
  static func readBlock(
    _ file: any File, _ kind: Block.Kind, at offset: UInt64, fileLengthBytes length: UInt64?
  ) throws(IOError) -> Result<Block, CopyFailure> {
    let bytes: [UInt8]
    do throws(IOError) {
      bytes = try file.readBytes(Block.sizeBytes, at: offset)
    } catch {
      guard error.isMediaError else { throw error }
      return .failure(.unreadable(error, what: kind.name, offset: offset))
    }
    do throws(FormatError) {
      return .success(try Block(decoding: bytes, as: kind, at: offset, fileLengthBytes: length))
    } catch {
      return .failure(.broken(error))
    }
  }

  // MARK: Index

  /// - Parameter sizeBytes: the file's real length: a torn file's blocks may claim more.
  static func readIndex(
    _ file: any File, sizeBytes: UInt64, block: Block
  ) throws -> (ContainerIndex, damage: [CopyFailure]) {
    let head = try readCopy(file, at: UInt64(Block.sizeBytes), sizeBytes: sizeBytes, block: block)
    switch head.index {
    case .success(let index): return (index, [])
    // Only damage is a reason to look at the spare: a whole index that breaks a rule breaks it
    // in both copies.
    case .failure(let error) where !error.isDamage: throw error
    case .failure(let headError):
      let tail = try readCopy(file, at: block.tailOffset, sizeBytes: sizeBytes, block: block)
      switch tail.index {
      case .success(let index): return (index, [headError])
      case .failure(let error) where !error.isDamage: throw error
      case .failure(let tailError):
        guard let merged = SectionMerge.merge(head.bytes, tail.bytes) else {
          if case .unreadable = tailError { throw tailError }
          throw headError
        }
        let index = try ContainerIndex(
          decoding: merged, block: block, at: UInt64(Block.sizeBytes))
        return (index, [headError, tailError])
      }
    }
  }

  /// Reads one copy of the index. Sectors that the disk can't read are zeros in its bytes, so that
  /// the rest can still serve.
  private static func readCopy(
    _ file: any File, at offset: UInt64, sizeBytes: UInt64, block: Block
  ) throws(IOError) -> (bytes: [UInt8], index: Result<ContainerIndex, CopyFailure>) {
    let length = block.indexLengthBytes
    guard offset <= sizeBytes, length <= sizeBytes - offset else {
      let error = FormatError(
        .truncated, "the index is cut off", offset: offset, isCutOff: true)
      return ([], .failure(.broken(error)))
    }
    let bytes: [UInt8]
    var failure: IOError?
    do throws(IOError) {
      bytes = try file.readBytes(Int(length), at: offset)
    } catch {
      guard error.isMediaError else { throw error }
      failure = error
      bytes = try file.readLegibleBytes(Int(length), at: offset)
    }
    if let failure {
      return (bytes, .failure(.unreadable(failure, what: "copy of the index", offset: offset)))
    }
    do throws(FormatError) {
      return (bytes, .success(try ContainerIndex(decoding: bytes, block: block, at: offset)))
    } catch {
      return (bytes, .failure(.broken(error)))
    }
  }

  /// Bytes from the file, for verification of what no chunk holds.
  func readBytes(_ count: Int, at offset: UInt64) throws(CheckpointError) -> [UInt8] {
    do throws(IOError) {
      return try file.readBytes(count, at: offset)
    } catch {
      throw error.isMediaError ? CheckpointError(error, path: path, offset: offset) : .init(error)
    }
  }

  /// Maps the file.
  func map() throws(CheckpointError) -> MappedBytes {
    do throws(IOError) {
      return try file.map()
    } catch {
      throw CheckpointError(error)
    }
  }

  /// Reads a range past the page cache; nil if that can't be, failed, or the cache has it: then it is to be read by
  /// `read`, whose errors are exact.
  func readPastCache(_ range: Range<UInt64>, worker: ChunkWorker) -> UnsafeRawBufferPointer? {
    let page = UInt64(Block.sizeBytes)
    let start = range.lowerBound / page * page
    let stage = worker.stage(Int((range.upperBound - start).aligned(to: page)))
    let wanted = Int(range.lowerBound - start)..<Int(range.upperBound - start)
    do throws(IOError) {
      guard let count = try file.readPastCache(into: stage, at: start), count >= wanted.upperBound
      else { return nil }
    } catch {
      return nil
    }
    return UnsafeRawBufferPointer(rebasing: stage[wanted])
  }

  /// Reads a range; nil if that failed.
  func readThroughCache(_ range: Range<UInt64>, worker: ChunkWorker) -> UnsafeRawBufferPointer? {
    let stage = worker.stage(range.count)
    do throws(CheckpointError) {
      try read(into: stage, at: range.lowerBound)
      return UnsafeRawBufferPointer(stage)
    } catch {
      return nil
    }
  }

  /// Reads `buffer.count` bytes from `offset`; a file that ends before is `truncated`.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(CheckpointError) {
    let count: Int
    do throws(IOError) {
      count = try file.readFully(into: buffer, at: offset)
    } catch {
      throw error.isMediaError ? CheckpointError(error, path: path, offset: offset) : .init(error)
    }
    guard count == buffer.count else {
      throw CheckpointError(
        FormatError(
          .truncated, "the file ends in the middle of a chunk", offset: offset + UInt64(count)),
        path: path)
    }
  }
}

/// Why one of two copies of something doesn't serve.
enum CopyFailure: Error {
  /// It breaks a rule.
  case broken(FormatError)
  /// The disk can't read it (`EIO`).
  case unreadable(IOError, what: String, offset: UInt64)

  /// Whether bytes were changed or lost since they were written, rather than written wrong or by a
  /// newer program: then the other copy may be sound.
  var isDamage: Bool {
    switch rule {
    case nil: true
    case .magic, .blockChecksum, .indexChecksum, .indexMagic, .sectionTableChecksum,
      .sectionChecksum:
      true
    case .truncated: if case .broken(let error) = self { error.isCutOff } else { false }
    default: false
    }
  }

  /// The rule that is broken; nil for what can't be read.
  var rule: FormatRule? {
    if case .broken(let error) = self { error.rule } else { nil }
  }

  func error(path: FilePath) -> CheckpointError {
    switch self {
    case .broken(let error): return CheckpointError(error, path: path)
    case .unreadable(let error, let what, let offset):
      var error = CheckpointError(error, path: path, offset: offset)
      error.message += ": the \(what) is unreadable"
      return error
    }
  }
}

extension IOError {
  /// Whether it is the disk that can't give back these bytes, which is damage to them alone. All
  /// other errors are the system's, and say nothing about the file.
  var isMediaError: Bool { errno == .ioError }
}

extension CheckpointError {
  /// From a disk that can't read what is at `offset`.
  init(_ error: IOError, path: FilePath, offset: UInt64) {
    self.init(error)
    self.path = path
    byteOffset = offset
  }

  /// Whether the system failed, other than by a media error: that says nothing about the file.
  var isSystemFailure: Bool { (errno != nil || code == .io) && errno != .ioError }
}

extension File {
  /// Reads until `buffer` is full or the file ends.
  /// - Returns: how many bytes were read.
  func readFully(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(IOError) -> Int {
    var done = 0
    while done < buffer.count {
      let count = try read(
        into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]), at: offset + UInt64(done))
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Reads `count` bytes, fewer if the file ends before.
  func readBytes(_ count: Int, at offset: UInt64) throws(IOError) -> [UInt8] {
    var failure: IOError?
    var count = count
    if count > 1 << 16 {
      // A torn file's own account of its lengths is no reason to allocate.
      let size = try status().sizeBytes
      count = Int(min(UInt64(count), size > offset ? size - offset : 0))
    }
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(IOError) {
        initialized = try readFully(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
      } catch {
        failure = error
        initialized = 0
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads `count` bytes; those of sectors that the disk can't read are zeros.
  func readLegibleBytes(_ count: Int, at offset: UInt64) throws(IOError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      let place = offset + UInt64(bytes.count)
      // To the end of the sector, wherever the first byte lies in it.
      let length = min(count - bytes.count, Block.sizeBytes - Int(place % UInt64(Block.sizeBytes)))
      var part: [UInt8] = []
      do throws(IOError) {
        part = try readBytes(length, at: place)
      } catch {
        guard error.isMediaError else { throw error }
      }
      bytes += part + [UInt8](repeating: 0, count: length - part.count)
    }
    return bytes
  }
}
