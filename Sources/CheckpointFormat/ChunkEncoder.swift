internal import CCheckpointShims

/// Encodes and checksums chunks (`FORMAT.md` §4.4, §6). One per thread: it reuses its memory,
/// about a chunk.
package final class ChunkEncoder {
  // Made when they are first needed: their memory takes as long to get as a small chunk to copy.
  private lazy var coder = PlaneCoder()
  private lazy var planes = PlanesEncoder(coder: coder, compression: compression)
  private let compression: Compression
  private let hasDigests: Bool

  /// What is known of a chunk once it is encoded; its record's offset is not.
  package struct Encoded: Sendable {
    package var record: ChunkRecord
    package var digest: [UInt8] = []
    /// Incompatible features that a file with this chunk has.
    package var features: UInt64 = 0
  }

  package init(compression: Compression, hasDigests: Bool = false) {
    self.compression = compression
    self.hasDigests = hasDigests
  }

  /// Encodes one chunk of a tensor of `dtype`.
  /// - Parameter output: gets the bytes to store, `record.storedBytes`; has room for the chunk itself.
  package func encode(
    _ bytes: UnsafeRawBufferPointer, dtype: DType, into output: UnsafeMutableRawBufferPointer
  ) -> Encoded {
    precondition(output.count >= bytes.count)
    let output = unsafe UnsafeMutableRawBufferPointer(rebasing: output[0..<bytes.count])
    let (facts, coded) = unsafe code(bytes, dtype: dtype, into: output)
    var encoded = Encoded(
      record: ChunkRecord(
        offset: 0, storedBytes: UInt32(bytes.count), logicalBytes: UInt32(bytes.count),
        storedChecksum: facts.checksum, logicalChecksum: facts.checksum,
        nonFiniteCount: UInt32(facts.nonFiniteCount),
        transform: ChunkTransform.none.rawValue, codec: ChunkCodec.raw.rawValue))
    if hasDigests { encoded.digest = unsafe SHA256.digest(of: bytes) }
    guard let coded else { return encoded }
    encoded.record.storedBytes = UInt32(coded.length)
    encoded.record.storedChecksum = unsafe CRC32C.checksum(
      UnsafeRawBufferPointer(rebasing: output[0..<coded.length]))
    encoded.record.transform = coded.transform.rawValue
    encoded.record.codec = coded.codec.rawValue
    encoded.features = coded.features
    return encoded
  }

  /// What stands in the output.
  private struct Coded {
    var transform: ChunkTransform
    var codec: ChunkCodec
    var length: Int
    var features: UInt64
  }

  /// Codes into `output` if that gains 5 %, and copies otherwise.
  private func code(
    _ bytes: UnsafeRawBufferPointer, dtype: DType, into output: UnsafeMutableRawBufferPointer
  ) -> (ChunkFacts, Coded?) {
    func copied() -> ChunkFacts { unsafe ChunkFacts(of: bytes, dtype: dtype, copyingTo: output) }
    guard compression != .none else { return (copied(), nil) }
    let limited = unsafe UnsafeMutableRawBufferPointer(
      rebasing: output[0..<max(bytes.count * 95 / 100, min(1, bytes.count))])
    let whole = unsafe coder.choose(for: bytes, compression: compression)
    let facts: ChunkFacts
    let coded: Coded?
    if whole.codec != .constant, let layout = PlaneLayout(ofBytes: bytes.count, dtype: dtype),
      let choices = unsafe choosePlanes(bytes, layout, better: whole)
    {
      let planed = unsafe planes.encode(bytes, layout, dtype: dtype, as: choices, into: limited)
      facts = planed.facts
      coded = planed.length.map {
        Coded(
          transform: layout.transform, codec: .raw, length: $0, features: planed.features)
      }
    } else if whole.codec != .raw {
      facts = unsafe ChunkFacts(of: bytes, dtype: dtype)
      coded = unsafe coder.encode(bytes, with: whole, into: limited).map {
        Coded(transform: .none, codec: whole.codec, length: $0, features: whole.codec.feature)
      }
    } else {
      return (copied(), nil)
    }
    if coded == nil { unsafe output.copyMemory(from: bytes) }
    return (facts, coded)
  }

  /// How to code the planes if that leaves less than `whole`.
  private func choosePlanes(
    _ bytes: UnsafeRawBufferPointer, _ layout: PlaneLayout, better whole: PlaneCoder.Choice
  ) -> [PlaneCoder.Choice]? {
    let choices = unsafe planes.choose(for: bytes, layout)
    let share = choices.reduce(0) { $0 + $1.share } / Double(layout.width)
    return share < whole.share && choices.contains { $0.codec != .raw } ? choices : nil
  }
}
