internal import Checkpoint

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Compares tensors of two files piece by piece, in bounded memory.
final class TensorComparison {
  private let a: CheckpointReader
  private let b: CheckpointReader
  private let streams: (a: TensorStream, b: TensorStream)
  private let trustsChecksums: Bool

  /// - Parameter trustsChecksums: whether chunks of the same length and CRC-32C are the same.
  init(_ a: CheckpointReader, _ b: CheckpointReader, trustsChecksums: Bool) {
    self.a = a
    self.b = b
    // Both in the same pieces, whatever their chunks.
    let chunkSizeBytes = max(a.chunkSizeBytes, b.chunkSizeBytes)
    streams = (
      TensorStream(chunkSizeBytes: chunkSizeBytes), TensorStream(chunkSizeBytes: chunkSizeBytes)
    )
    self.trustsChecksums = trustsChecksums && a.chunkSizeBytes == b.chunkSizeBytes
  }

  /// How they differ; nil if they don't.
  /// - Parameter progress: is told how many of the tensor's bytes have been compared.
  /// - Throws: `CheckpointError` if one can't be read.
  func difference(
    of left: TensorInfo, and right: TensorInfo, progress: (UInt64) -> Void
  ) throws(CheckpointError) -> TensorDifference? {
    var difference = TensorDifference(a: left, b: right)
    if let reason = difference.reason, reason != "alias" { return difference }
    var values = ValueDifference()
    // With a 0 the other numbers may be anything, and their product beyond Int.
    let elements = left.shape.contains(0) ? 0 : left.shape.reduce(1, *)
    values.count = UInt64(elements) * UInt64(ElementValues.perElement(left.dtype))
    if !ElementValues.areReadable(left.dtype) { values.count = left.sizeBytes }
    for piece in try unequalPieces(of: left) {
      let bytesA = try streams.a.read(piece, of: left.name, from: a)
      let bytesB = try streams.b.read(piece, of: right.name, from: b)
      if let baseA = bytesA.baseAddress, let baseB = bytesB.baseAddress,
        memcmp(baseA, baseB, bytesA.count) != 0
      {
        values.add(bytesA, bytesB, left.dtype)
      }
      progress(piece.upperBound)
    }
    guard values.changedCount > 0 else { return difference.reason == nil ? nil : difference }
    difference.values = values
    return difference
  }

  /// Pieces that may differ: all, or where checksums are trusted the chunks whose checksums differ.
  private func unequalPieces(of info: TensorInfo) throws(CheckpointError) -> [Range<UInt64>] {
    let all = 0..<info.sizeBytes
    guard trustsChecksums else { return Array(streams.a.pieces(of: all)) }
    let (left, right) = (try a.chunkInfos(info.name), try b.chunkInfos(info.name))
    guard left.count == right.count else { return Array(streams.a.pieces(of: all)) }
    var start: UInt64 = 0
    var pieces: [Range<UInt64>] = []
    for (x, y) in zip(left, right) {
      let end = start + UInt64(x.sizeBytes)
      if x.sizeBytes != y.sizeBytes || x.logicalChecksum != y.logicalChecksum {
        pieces.append(start..<end)
      }
      start = end
    }
    return pieces
  }
}
