internal import CheckpointFormat
internal import CheckpointIO
public import SystemPackage

extension CheckpointReader {
  /// Checks the file (`FORMAT.md` §7). What is wrong is in the result; nothing is thrown for it.
  /// - Parameters:
  ///   - depth: `quick` checks what opening checks, and both copies of the index; `full` reads every byte.
  ///   - progress: is told how many of the file's bytes have been checked; from any thread.
  /// - Throws: `CheckpointError` with code `io` if the system fails to read, other than by a media
  ///   error (`EIO`): that is damage to the bytes in question.
  public func verify(
    _ depth: Verification.Depth = .full, progress: @Sendable (UInt64) -> Void = { _ in }
  ) throws(CheckpointError) -> Verification {
    var result = Verification(
      state: .intact, findings: [], checkedChunkCount: 0, checkedBytes: UInt64(2 * Block.sizeBytes))
    result.findings += damage.map {
      Verification.Finding(error: $0, losesContent: false, tensor: nil, rows: nil)
    }
    try verifyIndexCopies(&result)
    if depth == .full {
      verifyDocuments(&result)
      verifyRootDigest(&result)
      try verifyChunks(&result, progress: progress)
      try verifyPadding(&result)
    }
    result.findings.sort { ($0.error.byteOffset ?? 0) < ($1.error.byteOffset ?? 0) }
    result.state =
      result.findings.isEmpty
      ? .intact : result.findings.contains(where: \.losesContent) ? .damaged : .degraded
    return result
  }

  /// Checks the file at `path`; one that can't be opened is `unreadable`, with the reason.
  /// - Throws: `CheckpointError`: `notFound`, `permissionDenied`, `io`: the system's failures, which
  ///   say nothing about the file.
  public static func verify(
    _ path: FilePath, _ depth: Verification.Depth = .full,
    progress: @Sendable (UInt64) -> Void = { _ in }
  ) throws(CheckpointError) -> Verification {
    do throws(CheckpointError) {
      return try CheckpointReader(path).verify(depth, progress: progress)
    } catch {
      return try Verification(unreadable: error)
    }
  }

  private func verifyIndexCopies(_ result: inout Verification) throws(CheckpointError) {
    let block = container.block
    for (name, offset) in [("head", UInt64(Block.sizeBytes)), ("tail", block.tailOffset)] {
      let isKnown = container.damage.contains {
        ($0.byteOffset ?? 0) >= offset && ($0.byteOffset ?? 0) < offset + block.indexLengthBytes
      }
      guard
        let bytes = try readBytes(
          Int(block.indexLengthBytes), at: offset, isKnown: isKnown, &result),
        bytes != container.index.view.bytes, !isKnown
      else { continue }
      result.add(
        FormatError(.indexMismatch, "the \(name) copy of the index is damaged", offset: offset),
        in: path)
    }
  }

  /// Bytes that no content depends on. What the disk can't read is a finding, and nil.
  /// - Parameter isKnown: whether they have been found damaged before.
  private func readBytes(
    _ count: Int, at offset: UInt64, isKnown: Bool = false, _ result: inout Verification
  ) throws(CheckpointError) -> [UInt8]? {
    do throws(CheckpointError) {
      let bytes = try container.readBytes(count, at: offset)
      result.checkedBytes += UInt64(bytes.count)
      return bytes
    } catch {
      guard !error.isSystemFailure else { throw error }
      if !isKnown {
        result.findings.append(
          Verification.Finding(error: error, losesContent: false, tensor: nil, rows: nil))
      }
      return nil
    }
  }

  private func verifyDocuments(_ result: inout Verification) {
    for position in 0..<container.index.count(.documents) {
      do throws(CheckpointError) {
        _ = try document(at: position)
      } catch {
        result.findings.append(
          Verification.Finding(error: error, losesContent: true, tensor: nil, rows: nil))
      }
    }
  }

  private func verifyRootDigest(_ result: inout Verification) {
    let block = container.block
    guard block.hasDigests, block.rootDigest(index: container.index.view.bytes) != block.rootDigest
    else { return }
    result.add(
      FormatError(.rootDigest, "the root digest is not that of facts and index", offset: 128),
      in: path, losesContent: true)
  }

  private func verifyChunks(
    _ result: inout Verification, progress: @Sendable (UInt64) -> Void
  ) throws(CheckpointError) {
    let index = container.index
    let owners = chunkOwners()
    let damaged = Locked<[(chunk: Int, error: CheckpointError)]>([])
    let done = Locked<UInt64>(0)
    try chunks.visit(allChunks(owners)) { (chunk, stored) throws(CheckpointError) in
      var finding: CheckpointError?
      do throws(CheckpointError) {
        let bytes = try stored.decoded()
        finding = self.contentError(bytes, chunk: chunk, record: stored.record, dtype: stored.dtype)
          .map { CheckpointError($0, path: self.path) }
      } catch {
        guard !error.isSystemFailure else { throw error }
        finding = error
      }
      if let finding { damaged.withLock { $0.append((chunk, finding)) } }
      let total = done.withLock {
        $0 += UInt64(stored.record.storedBytes)
        return $0
      }
      progress(total)
    }
    result.checkedChunkCount = index.chunkCount
    result.checkedBytes += done.withLock { $0 }
    for (chunk, error) in damaged.withLock({ $0 }) {
      let name = index.tensorName(owners[chunk])
      result.findings.append(
        Verification.Finding(
          error: error.about(name, in: path), losesContent: true, tensor: name,
          rows: rows(ofChunk: chunk, tensor: owners[chunk])))
    }
  }

  /// Rules about the decoded bytes beyond their checksum.
  private func contentError(
    _ bytes: UnsafeRawBufferPointer, chunk: Int, record: ChunkRecord, dtype: DType
  ) -> FormatError? {
    let count = NonFinite.count(in: bytes, dtype: dtype)
    if count != Int(record.nonFiniteCount) {
      return FormatError(
        .nonFiniteMismatch, "\(count) non-finite values, \(record.nonFiniteCount) recorded",
        offset: record.offset)
    }
    if let digest = container.index.digest(ofChunk: chunk), digest != SHA256.digest(of: bytes) {
      return FormatError(.digest, "the chunk's SHA-256 is another", offset: record.offset)
    }
    return nil
  }

  /// Which tensor each chunk belongs to.
  func chunkOwners() -> [Int] {
    var owners = [Int](repeating: 0, count: container.index.chunkCount)
    for number in 0..<container.index.tensorCount {
      for chunk in container.index.tensor(number).chunks { owners[chunk] = number }
    }
    return owners
  }

  /// All chunks with their tensors' dtypes, given which tensors these are.
  func allChunks(_ owners: [Int]) -> [(number: Int, dtype: DType)] {
    owners.enumerated().map { ($0.offset, container.index.tensor($0.element).dtype) }
  }

  /// Rows of a tensor that lie in a chunk, wholly or in part; nil for rank 0.
  func rows(ofChunk chunk: Int, tensor number: Int) -> Range<Int>? {
    let record = container.index.tensor(number)
    let shape = container.index.shape(of: record)
    guard let rowCount = shape.first, rowCount > 0, record.logicalBytes > 0 else { return nil }
    let start = UInt64(chunk - record.chunks.lowerBound) * UInt64(container.index.chunkSizeBytes)
    let end = min(start + UInt64(container.index.chunkSizeBytes), record.logicalBytes)
    // Rows are equally long, though with sub-byte elements perhaps not whole bytes.
    func row(_ byte: UInt64) -> Int {
      let product = byte.multipliedFullWidth(by: UInt64(rowCount))
      return Int(record.logicalBytes.dividingFullWidth(product).quotient)
    }
    return row(start)..<min(rowCount, row(end - 1) + 1)
  }

  private func verifyPadding(_ result: inout Verification) throws(CheckpointError) {
    let block = container.block
    var gaps = [UInt64(Block.sizeBytes) + block.indexLengthBytes..<block.dataOffset]
    var end = block.dataOffset
    for number in 0..<container.index.chunkCount {
      let chunk = container.index.chunk(number)
      if chunk.offset > end { gaps.append(end..<chunk.offset) }
      end = chunk.end
    }
    gaps.append(end..<block.tailOffset)
    gaps.append(
      block.tailOffset + block.indexLengthBytes..<block.fileLengthBytes - UInt64(Block.sizeBytes))
    for gap in gaps where !gap.isEmpty {
      guard let bytes = try readBytes(gap.count, at: gap.lowerBound, &result) else { continue }
      if !ByteView(bytes).isZero(bytes.indices), let place = bytes.firstIndex(where: { $0 != 0 }) {
        result.add(
          FormatError(.padding, "padding is not zero", offset: gap.lowerBound + UInt64(place)),
          in: path)
      }
    }
  }
}

extension Verification {
  /// Of a file that can't be opened. Failures of the system are thrown on: they say nothing about it.
  package init(unreadable error: CheckpointError) throws(CheckpointError) {
    guard ![.notFound, .permissionDenied, .io].contains(error.code) else { throw error }
    self.init(
      state: .unreadable,
      findings: [Finding(error: error, losesContent: true, tensor: nil, rows: nil)],
      checkedChunkCount: 0, checkedBytes: 0)
  }

  mutating func add(_ error: FormatError, in path: FilePath, losesContent: Bool = false) {
    findings.append(
      Finding(
        error: CheckpointError(error, path: path), losesContent: losesContent, tensor: nil,
        rows: nil))
  }
}

extension CheckpointStore {
  /// Checks a checkpoint.
  /// - Parameter progress: as `CheckpointReader.verify(_:progress:)`.
  /// - Throws: `CheckpointError`: `notFound`, `io`.
  public func verify(
    _ stored: StoredCheckpoint, _ depth: Verification.Depth = .full,
    progress: @Sendable (UInt64) -> Void = { _ in }
  ) throws(CheckpointError) -> Verification {
    do throws(CheckpointError) {
      return try reader(stored).verify(depth, progress: progress)
    } catch {
      return try Verification(unreadable: error)
    }
  }
}
