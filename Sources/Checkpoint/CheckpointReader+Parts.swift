internal import CheckpointFormat

/// Parts of a file for programs that show or compare it in bounded memory.
extension CheckpointReader {
  /// Reads bytes `range` of a tensor, verified; costs the chunks they lie in.
  /// - Parameter buffer: exactly as many bytes as `range`.
  /// - Throws: as `tensor(_:)`; `mismatch` if the tensor has no such bytes.
  package func readBytes(
    _ name: String, _ range: Range<UInt64>, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    let owner = owner(of: try number(of: name))
    guard range.upperBound <= owner.logicalBytes, UInt64(buffer.count) == UInt64(range.count) else {
      throw CheckpointError(
        .mismatch, "bytes \(range) of \(owner.logicalBytes)", path: path, item: name)
    }
    try chunks.read([
      ChunkSource.Request(name: name, tensor: owner, range: range, output: buffer)
    ])
  }

  /// The bytes of the document that stands at `position` in `documentNames`; text that should be JSON.
  package func documentBytes(at position: Int) -> [UInt8] {
    container.index.content(.documents, at: position)
  }

  /// How long the document is that stands at `position` in `documentNames`.
  package func documentSizeBytes(at position: Int) -> Int {
    container.index.contentSizeBytes(.documents, at: position)
  }

  /// The blob that stands at `position` in `blobNames`.
  package func blobBytes(at position: Int) -> [UInt8] {
    container.index.content(.blobs, at: position)
  }

  /// How long the blob is that stands at `position` in `blobNames`.
  package func blobSizeBytes(at position: Int) -> Int {
    container.index.contentSizeBytes(.blobs, at: position)
  }
}
