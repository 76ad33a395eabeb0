public import CheckpointFormat
package import CheckpointIO
public import SystemPackage

/// Reads one checkpoint file. Every byte handed out has been verified against its checksums.
///
/// Opening reads the index only; tensors are read when asked for, on the process's disk threads.
/// A reader can be used from several threads, and keeps the file readable while it lives, even if
/// its name is removed. Methods block unless they are `async`.
///
/// ```swift
/// let reader = try CheckpointReader("run/00000012.ckpt")
/// let kernel = try reader.elements("model/dense/kernel", as: Float.self)
/// ```
public final class CheckpointReader: Sendable {
  /// The file.
  public let path: FilePath
  let container: ContainerFile
  let chunks: ChunkSource
  let limits: ReadLimits

  /// Opens a file and checks its structure. Takes milliseconds, whatever the tensors' size.
  /// - Throws: `CheckpointError`: `notFound`, `notACheckpoint`, `truncated`, `checksumMismatch`,
  ///   `corrupt`, `unsupportedVersion`, `io`.
  public convenience init(
    _ path: FilePath, limits: ReadLimits = ReadLimits()
  ) throws(CheckpointError) {
    try self.init(path, in: PosixFileSystem(), limits: limits)
  }

  /// The same without blocking the caller's thread.
  public static func open(
    _ path: FilePath, limits: ReadLimits = ReadLimits()
  ) async throws(CheckpointError) -> CheckpointReader {
    try await BlockingPool.shared.run { () throws(CheckpointError) in
      try CheckpointReader(path, limits: limits)
    }
  }

  package convenience init(
    _ path: FilePath, in fileSystem: any FileSystem, limits: ReadLimits = ReadLimits()
  ) throws(CheckpointError) {
    let file = try ContainerFile.open(path, in: fileSystem)
    self.init(try ContainerFile(file, path: path), limits: limits)
  }

  init(_ container: ContainerFile, limits: ReadLimits) {
    path = container.path
    self.container = container
    chunks = ChunkSource(container)
    self.limits = limits
  }

  // MARK: Facts

  /// Step, epoch, metrics, tags, sizes.
  public var summary: CheckpointSummary { container.index.summary }

  /// The file's identity, whatever its name.
  public var fileID: UniqueID { container.block.fileID }

  /// When the file was made.
  public var created: Timestamp { container.block.created }

  /// The file's size.
  public var fileSizeBytes: UInt64 { container.sizeBytes }

  /// The version of the format, such as `1.0`.
  public var formatVersion: String { "\(Block.majorVersion).\(container.block.minorVersion)" }

  /// Logical bytes per chunk.
  public var chunkSizeBytes: Int { container.index.chunkSizeBytes }

  /// SHA-256 over all facts and contents, 32 bytes, where the file was written with digests.
  public var rootDigest: [UInt8]? {
    container.block.hasDigests ? container.block.rootDigest : nil
  }

  /// Spare copies that were found damaged when the file was opened. Nothing is lost yet; saving the
  /// checkpoint anew makes it whole.
  public var damage: [CheckpointError] {
    container.damage
  }

  /// How many tensors there are, aliases included.
  public var tensorCount: Int { container.index.tensorCount }

  /// The tensors' names in the order of their UTF-8 bytes; computed one by one.
  public var tensorNames: some RandomAccessCollection<String> {
    let index = container.index
    return (0..<index.tensorCount).lazy.map { index.tensorName($0) }
  }

  /// The documents' names, sorted.
  public var documentNames: [String] { container.index.names(.documents) }

  /// The blobs' names, sorted.
  public var blobNames: [String] { container.index.names(.blobs) }

  /// What the file says of a tensor. Binary search: a million tensors cost twenty comparisons.
  /// - Throws: `CheckpointError` with code `notFound`.
  public func info(_ name: String) throws(CheckpointError) -> TensorInfo {
    info(number: try number(of: name), name: name)
  }

  /// What the file says of the tensor that stands at `position` in `tensorNames`.
  public func info(at position: Int) -> TensorInfo {
    info(number: position, name: container.index.tensorName(position))
  }

  /// What the file says of a tensor's chunks.
  public func chunkInfos(_ name: String) throws(CheckpointError) -> [ChunkInfo] {
    let owner = owner(of: try number(of: name))
    return owner.chunks.map { number in
      let chunk = container.index.chunk(number)
      return ChunkInfo(
        byteOffset: chunk.offset, storedBytes: Int(chunk.storedBytes),
        sizeBytes: Int(chunk.logicalBytes), storedChecksum: chunk.storedChecksum,
        logicalChecksum: chunk.logicalChecksum, nonFiniteCount: Int(chunk.nonFiniteCount),
        encoding: encoding(of: chunk))
    }
  }

  // MARK: Documents and blobs

  /// A document.
  /// - Throws: `CheckpointError`: `notFound`, or `corrupt` if it isn't the JSON that the format allows.
  public func document(_ name: String) throws(CheckpointError) -> JSONValue {
    guard let bytes = container.index.content(.documents, named: name) else {
      throw notFound("document", name)
    }
    return try parsed(bytes, name: name)
  }

  /// The document that stands at `position` in `documentNames`, with its name.
  func document(at position: Int) throws(CheckpointError) -> (name: String, value: JSONValue) {
    let name = container.index.contentName(.documents, at: position)
    return (name, try parsed(container.index.content(.documents, at: position), name: name))
  }

  private func parsed(_ bytes: [UInt8], name: String) throws(CheckpointError) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue.parse(utf8: bytes)
    } catch {
      throw CheckpointError(
        .corrupt, "the document is not JSON: \(error)", path: path, item: name,
        rule: FormatRule.document.rawValue)
    }
  }

  /// A blob.
  /// - Throws: `CheckpointError` with code `notFound`.
  public func blob(_ name: String) throws(CheckpointError) -> [UInt8] {
    guard let bytes = container.index.content(.blobs, named: name) else {
      throw notFound("blob", name)
    }
    return bytes
  }

  // MARK: Internals

  func number(of name: String) throws(CheckpointError) -> Int {
    guard let number = container.index.tensorNumber(named: name) else {
      throw notFound("tensor", name)
    }
    return number
  }

  /// The record that holds the data: the target's for an alias.
  func owner(of number: Int) -> TensorRecord {
    let record = container.index.tensor(number)
    return record.aliasTarget.map { container.index.tensor($0) } ?? record
  }

  private func notFound(_ what: String, _ name: String) -> CheckpointError {
    CheckpointError(.notFound, "there is no such \(what)", path: path, item: name)
  }

  private func info(number: Int, name: String) -> TensorInfo {
    let index = container.index
    let record = index.tensor(number)
    let owner = record.aliasTarget.map { index.tensor($0) } ?? record
    var stored: UInt64 = 0
    // Most tensors have one encoding only, and files many tensors.
    var first: ChunkRecord?
    var isUniform = true
    for number in owner.chunks {
      let chunk = index.chunk(number)
      stored += UInt64(chunk.storedBytes)
      if let first {
        isUniform = isUniform && chunk.transform == first.transform && chunk.codec == first.codec
      } else {
        first = chunk
      }
    }
    let encoding =
      isUniform
      ? first.map { self.encoding(of: $0) } ?? "empty" : mostFrequentEncoding(owner.chunks)
    return TensorInfo(
      name: name, dtype: record.dtype, shape: index.shape(of: record),
      aliasOf: record.aliasTarget.map { index.tensorName($0) },
      sizeBytes: record.logicalBytes, storedBytes: stored,
      nonFiniteCount: record.nonFiniteCount, encoding: encoding, chunkCount: owner.chunks.count)
  }

  private func mostFrequentEncoding(_ chunks: Range<Int>) -> String {
    var counts: [String: Int] = [:]
    for number in chunks { counts[encoding(of: container.index.chunk(number)), default: 0] += 1 }
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "empty"
  }

  /// Transform and codec; which codec each plane has stands in the data, not in the index.
  private func encoding(of chunk: ChunkRecord) -> String {
    guard let transform = ChunkTransform(rawValue: chunk.transform),
      let codec = ChunkCodec(rawValue: chunk.codec)
    else { return "unknown" }
    return transform == .none ? codec.description : transform.description
  }
}
