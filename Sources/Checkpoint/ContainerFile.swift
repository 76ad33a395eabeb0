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
  let damage: [FormatError]
  private let file: any File

  /// Reads blocks and index. Where one copy is damaged the other one serves.
  init(_ file: any File, path: FilePath) throws(CheckpointError) {
    do {
      let size = try file.status().sizeBytes
      let (block, blockDamage) = try ContainerFile.readBlock(file, sizeBytes: size)
      let (index, indexDamage) = try ContainerFile.readIndex(file, block: block)
      self.path = path
      self.file = file
      sizeBytes = size
      self.block = block
      self.index = index
      damage = blockDamage + indexDamage
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
    damage: [FormatError]
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
  ) throws -> (Block, damage: [FormatError]) {
    let size = UInt64(Block.sizeBytes)
    guard sizeBytes >= 2 * size else {
      throw FormatError(
        .notAContainer, "\(sizeBytes) bytes are too few for a checkpoint", offset: sizeBytes)
    }
    let trailerOffset = sizeBytes - size
    let head = try readBlock(file, .superblock, at: 0, sizeBytes: sizeBytes)
    let tail = try readBlock(file, .trailer, at: trailerOffset, sizeBytes: sizeBytes)
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
      // A block that is whole and says no has the last word; then one that is a block at all.
      if !head.isDamage { throw head }
      if !tail.isDamage { throw tail }
      if head.rule == .magic, tail.rule == .magic {
        throw FormatError(.notAContainer, "this is no checkpoint: the magic is missing", offset: 0)
      }
      throw head.rule == .magic ? tail : head
    }
  }

  private static func readBlock(
    _ file: any File, _ kind: Block.Kind, at offset: UInt64, sizeBytes: UInt64
  ) throws(IOError) -> Result<Block, FormatError> {
    let bytes = try file.readBytes(Block.sizeBytes, at: offset)
    return Result { () throws(FormatError) in
      try Block(decoding: bytes, as: kind, at: offset, fileLengthBytes: sizeBytes)
    }
  }

  // MARK: Index

  static func readIndex(
    _ file: any File, block: Block
  ) throws -> (ContainerIndex, damage: [FormatError]) {
    let length = Int(block.indexLengthBytes)
    let head = try file.readBytes(length, at: UInt64(Block.sizeBytes))
    do throws(FormatError) {
      return (try ContainerIndex(decoding: head, block: block, at: UInt64(Block.sizeBytes)), [])
    } catch {
      // Only damage is a reason to look at the spare: a whole index that breaks a rule breaks it
      // in both copies.
      guard error.isDamage else { throw error }
      let tail = try file.readBytes(length, at: block.tailOffset)
      do throws(FormatError) {
        return (try ContainerIndex(decoding: tail, block: block, at: block.tailOffset), [error])
      } catch let tailError where tailError.isDamage {
        guard let merged = SectionMerge.merge(head, tail) else { throw error }
        let index = try ContainerIndex(
          decoding: merged, block: block, at: UInt64(Block.sizeBytes))
        return (index, [error, tailError])
      }
    }
  }

  /// Bytes from the file, for verification of what no chunk holds.
  func readBytes(_ count: Int, at offset: UInt64) throws(CheckpointError) -> [UInt8] {
    do throws(IOError) {
      return try file.readBytes(count, at: offset)
    } catch {
      throw CheckpointError(error)
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

  /// Reads `buffer.count` bytes from `offset`; a file that ends before is `truncated`.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(CheckpointError) {
    let count: Int
    do throws(IOError) {
      count = try file.readFully(into: buffer, at: offset)
    } catch {
      throw CheckpointError(error)
    }
    guard count == buffer.count else {
      throw CheckpointError(
        FormatError(
          .truncated, "the file ends in the middle of a chunk", offset: offset + UInt64(count)),
        path: path)
    }
  }
}

extension FormatError {
  /// Whether bytes were changed since they were written, rather than written wrong or by a newer
  /// program: then a second copy may be sound.
  var isDamage: Bool {
    switch rule {
    case .magic, .blockChecksum, .indexChecksum, .indexMagic, .sectionTableChecksum,
      .sectionChecksum:
      true
    case .truncated: detail.hasSuffix("is cut off")
    default: false
    }
  }
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
}
