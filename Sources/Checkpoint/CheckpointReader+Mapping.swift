internal import CheckpointFormat
internal import CheckpointIO

/// Access that trades a guarantee for speed, and says so in its name.
extension CheckpointReader {
  /// Hands a tensor's bytes, straight from the mapped file, to `body`. **Not verified.** If another
  /// process truncates the file meanwhile, the process dies (SIGBUS). Only for tensors stored raw
  /// (`Compression.none`).
  /// - Throws: `CheckpointError`: `notFound`; `mismatch` if the tensor is coded; `io`.
  public func withUnverifiedMappedBytes<R>(
    _ name: String, _ body: (UnsafeRawBufferPointer) throws -> R
  ) throws -> R {
    let record = owner(of: try number(of: name))
    let chunks = record.chunks.map { container.index.chunk($0) }
    for (number, chunk) in chunks.enumerated() {
      guard chunk.transform == 0, chunk.codec == 0,
        number == 0 || chunks[number - 1].end == chunk.offset
      else {
        throw CheckpointError(
          .mismatch, "the tensor is not stored raw and in one piece", path: path, item: name,
          advice: "read it with tensor(_:), or save with Compression.none")
      }
    }
    guard let first = chunks.first else {
      return try body(UnsafeRawBufferPointer(start: nil, count: 0))
    }
    return try container.map().withUnsafeBytes { file in
      guard first.offset + record.logicalBytes <= UInt64(file.count) else {
        throw CheckpointError(.truncated, "the file has become shorter", path: path, item: name)
      }
      return try body(
        UnsafeRawBufferPointer(
          rebasing: file[Int(first.offset)..<Int(first.offset + record.logicalBytes)]))
    }
  }

  /// The same, verified first: reads every byte once.
  public func withMappedBytes<R>(
    _ name: String, _ body: (UnsafeRawBufferPointer) throws -> R
  ) throws -> R {
    let record = owner(of: try number(of: name))
    return try withUnverifiedMappedBytes(name) { bytes in
      var start = 0
      for number in record.chunks {
        let chunk = container.index.chunk(number)
        do throws(FormatError) {
          try ChunkDecoder.checkRaw(
            UnsafeRawBufferPointer(
              rebasing: bytes[start..<start + Int(chunk.logicalBytes)]), record: chunk)
        } catch {
          throw CheckpointError(error, path: path, item: name)
        }
        start += Int(chunk.logicalBytes)
      }
      return try body(bytes)
    }
  }
}
