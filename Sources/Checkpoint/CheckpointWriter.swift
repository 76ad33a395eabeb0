public import CheckpointFormat
package import CheckpointIO
public import SystemPackage

/// Writes one checkpoint file, atomically and durably: when `write` returns, the file survives a
/// power cut; if it throws, a file of that name is as it was. Removes the temporary files that killed
/// writers have left in its directory. For runs of checkpoints there is
/// `CheckpointStore`.
public struct CheckpointWriter: Sendable {
  /// Where the file will be.
  public let path: FilePath
  /// How it is written.
  public var options: SaveOptions
  private let fileSystem: any FileSystem

  /// A writer for the file at `path`, in a directory that exists.
  public init(_ path: FilePath, options: SaveOptions = SaveOptions()) {
    self.init(path, options: options, in: PosixFileSystem())
  }

  package init(_ path: FilePath, options: SaveOptions, in fileSystem: any FileSystem) {
    self.path = path
    self.options = options
    self.fileSystem = fileSystem
  }

  /// Writes a checkpoint. Needs, beyond the tensors, the index and about 16 MiB.
  /// - Parameter replacing: whether a file of that name is replaced; otherwise it is an error.
  /// - Throws: `CheckpointError`: `noSpace`, `exists`, `io`, `limitExceeded`, `invalidArgument`;
  ///   after `outcomeUnknown` the new file may or may not be there.
  public func write(_ checkpoint: Checkpoint, replacing: Bool = true) throws(CheckpointError) {
    try write(
      try CheckpointWriter.plan(checkpoint, sequence: 0, options: options),
      MemoryDataSource(tensors: checkpoint.tensors), replacing: replacing)
  }

  /// Writes a checkpoint whose tensors are produced on the way, so that a state larger than memory
  /// can be saved. Needs, beyond the index, about 32 MiB.
  /// - Parameters:
  ///   - checkpoint: all but the tensors; tensors in it are ignored.
  ///   - tensors: what will come.
  ///   - replacing: whether a file of that name is replaced; otherwise it is an error.
  ///   - fill: is given a tensor's name, a range of its bytes and zeroed memory of that size to fill. Called
  ///     on the caller's thread, for every byte once, each tensor's ranges in ascending order.
  /// - Throws: as `write(_:replacing:)`, and what `fill` throws.
  public func write(
    _ checkpoint: Checkpoint, tensors: [TensorDeclaration], replacing: Bool = true,
    fill: (String, Range<Int>, UnsafeMutableRawBufferPointer) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    try write(checkpoint, tensors: tensors, sequence: 0, replacing: replacing, fill: fill)
  }

  func write(
    _ checkpoint: Checkpoint, tensors: [TensorDeclaration], sequence: UInt64, replacing: Bool,
    fill: (String, Range<Int>, UnsafeMutableRawBufferPointer) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    let plan = try CheckpointWriter.plan(
      checkpoint, tensors: tensors, sequence: sequence, options: options)
    let result: Result<Void, CheckpointError> = withoutActuallyEscaping(fill) { fill in
      Result { () throws(CheckpointError) in
        try write(plan, ProducedDataSource(fill: fill), replacing: replacing)
      }
    }
    try result.get()
  }

  /// Writes a checkpoint off the caller's thread.
  /// - Throws: as the method that blocks.
  public func write(
    _ checkpoint: Checkpoint, replacing: Bool = true
  ) async throws(CheckpointError) {
    try await BlockingPool.shared.run { () throws(CheckpointError) in
      try self.write(checkpoint, replacing: replacing)
    }
  }

  private func write(
    _ contents: IndexContents, _ source: some TensorDataSource, replacing: Bool
  ) throws(CheckpointError) {
    guard let name = path.lastComponent?.string else {
      throw CheckpointError(.invalidArgument, "a file's name is missing", path: path)
    }
    let parent = path.removingLastComponent()
    let directory: any Directory
    do throws(IOError) {
      directory = try fileSystem.openDirectory(parent.isEmpty ? "." : parent)
    } catch {
      throw CheckpointError(error)
    }
    // Of writers that were killed; those of living ones stay.
    _ = try? StaleTemporaries.remove(in: directory)
    _ = try ContainerWriter(contents: contents, options: options, directory: directory)
      .write(source, as: name, replacing: replacing)
  }

  // MARK: Planning

  /// What the index will say of a checkpoint.
  static func plan(
    _ checkpoint: Checkpoint, sequence: UInt64, options: SaveOptions
  ) throws(CheckpointError) -> IndexContents {
    var declarations = checkpoint.tensors.map { name, tensor in
      TensorDeclaration(name: name, dtype: tensor.dtype, shape: tensor.shape)
    }
    for (alias, target) in checkpoint.aliases {
      guard let tensor = checkpoint.tensors[target] else {
        throw CheckpointError(
          .invalidArgument, "alias of \"\(target)\", which is no tensor", item: alias)
      }
      declarations.append(
        TensorDeclaration(
          name: alias, dtype: tensor.dtype, shape: tensor.shape, aliasOf: target))
    }
    return try plan(checkpoint, tensors: declarations, sequence: sequence, options: options)
  }

  static func plan(
    _ checkpoint: Checkpoint, tensors: [TensorDeclaration], sequence: UInt64, options: SaveOptions
  ) throws(CheckpointError) -> IndexContents {
    var summary = CheckpointSummary()
    summary.sequence = sequence
    summary.step = checkpoint.step
    summary.epoch = checkpoint.epoch
    summary.wallTime = checkpoint.wallTime ?? options.created ?? .now
    summary.runID = checkpoint.runID
    summary.metrics = checkpoint.metrics
    summary.pendingMetrics = checkpoint.pendingMetrics
    summary.tags = checkpoint.tags
    let chunkSize = options.chunkSizeBytes ?? automaticChunkSize(tensors)
    guard chunkSize.nonzeroBitCount == 1, (1 << 16...1 << 26).contains(chunkSize) else {
      throw CheckpointError(
        .invalidArgument, "a chunk size of \(chunkSize) bytes",
        advice: "use a power of two from 65536 to 67108864")
    }
    var documents: [String: [UInt8]] = [:]
    for (name, document) in checkpoint.documents {
      documents[name] = try encoded(document, name: name)
    }
    do throws(FormatError) {
      return try IndexContents(
        summary: summary, tensors: tensors, documents: documents,
        blobs: checkpoint.blobs, chunkSizeBytes: chunkSize, hasDigests: options.digests)
    } catch {
      throw CheckpointError(
        error.rule == .limit ? .limitExceeded : .invalidArgument, error.detail)
    }
  }

  /// A document's text, which a reader will take back.
  private static func encoded(
    _ document: JSONValue, name: String
  ) throws(CheckpointError) -> [UInt8] {
    // Before the text is made, which takes a call per level.
    guard !document.isNested(deeperThan: JSONValue.depthLimit) else {
      throw CheckpointError(
        .invalidArgument, "a document nested deeper than \(JSONValue.depthLimit)", item: name)
    }
    let text = Array(document.text().utf8)
    do throws(JSONError) {
      _ = try JSONValue.parse(utf8: text)
    } catch {
      throw CheckpointError(
        .invalidArgument, "a document that is not JSON: \(error)", item: name)
    }
    return text
  }

  /// Small states get small chunks, so that damage costs little of them: a 256th of the state, from
  /// 64 KiB to 1 MiB; huge ones larger chunks, so that a million suffice.
  private static func automaticChunkSize(_ tensors: [TensorDeclaration]) -> Int {
    var total: UInt64 = 0
    for tensor in tensors where tensor.aliasOf == nil {
      total &+= (try? tensor.sizeBytes()) ?? 0
    }
    var size = 1 << 16
    while size < 1 << 20, total / UInt64(size) > 256 { size <<= 1 }
    while size < 1 << 26, total / UInt64(size) > 1 << 20 { size <<= 1 }
    return size
  }
}
