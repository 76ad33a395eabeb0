internal import CCheckpointShims

/// Encodes and checksums chunks (`FORMAT.md` §4.4, §6). One per thread: it reuses its memory,
/// about a chunk.
package final class ChunkEncoder {
  /// Made when it is first needed: its memory takes as long to get as a small chunk to copy.
  private lazy var coder = PlaneCoder()
  private var planes: [UInt8] = []
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
    let copied = compression == .none
    let facts = unsafe ChunkFacts(of: bytes, dtype: dtype, copyingTo: copied ? output : nil)
    var encoded = Encoded(
      record: ChunkRecord(
        offset: 0, storedBytes: UInt32(bytes.count), logicalBytes: UInt32(bytes.count),
        storedChecksum: facts.checksum, logicalChecksum: facts.checksum,
        nonFiniteCount: UInt32(facts.nonFiniteCount),
        transform: ChunkTransform.none.rawValue, codec: ChunkCodec.raw.rawValue))
    if hasDigests { encoded.digest = unsafe SHA256.digest(of: bytes) }
    guard !copied else { return encoded }
    guard let coded = unsafe code(bytes, dtype: dtype, into: output) else {
      unsafe output.copyMemory(from: bytes)
      return encoded
    }
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

  /// Codes into `output` if that gains 5 %.
  private func code(
    _ bytes: UnsafeRawBufferPointer, dtype: DType, into output: UnsafeMutableRawBufferPointer
  ) -> Coded? {
    let limit = bytes.count * 95 / 100
    let whole = unsafe coder.choose(for: bytes, compression: compression)
    let width = dtype.scalarBytes
    if width > 1, bytes.count % width == 0, whole.codec != .constant {
      let transform: ChunkTransform = dtype.splitsAsFloat ? .floatSplit : .bytePlanes
      let choices = unsafe split(bytes, width: width, transform: transform)
      let share = choices.reduce(0) { $0 + $1.share } / Double(width)
      if share < whole.share, choices.contains(where: { $0.codec != .raw }) {
        return unsafe codePlanes(
          choices, count: bytes.count / width,
          into: UnsafeMutableRawBufferPointer(rebasing: output[0..<limit])
        )
        .map {
          Coded(transform: transform, codec: .raw, length: $0.length, features: $0.features)
        }
      }
    }
    guard whole.codec != .raw else { return nil }
    let length = unsafe coder.encode(
      bytes, with: whole, into: UnsafeMutableRawBufferPointer(rebasing: output[0..<max(1, limit)]))
    return length.map {
      Coded(transform: .none, codec: whole.codec, length: $0, features: whole.codec.feature)
    }
  }

  /// Splits into `planes` and chooses each one's codec.
  private func split(
    _ bytes: UnsafeRawBufferPointer, width: Int, transform: ChunkTransform
  ) -> [PlaneCoder.Choice] {
    if planes.count < bytes.count { planes = [UInt8](repeating: 0, count: bytes.count) }
    let count = bytes.count / width
    return unsafe planes.withUnsafeMutableBytes { planes in
      unsafe ckpt_planes_split(
        bytes.baseAddress, count, width, transform == .floatSplit,
        planes.baseAddress?.assumingMemoryBound(to: UInt8.self))
      return (0..<width).map { plane in
        unsafe coder.choose(
          for: UnsafeRawBufferPointer(rebasing: planes[plane * count..<(plane + 1) * count]),
          compression: compression)
      }
    }
  }

  /// Writes the plane table and the coded planes to `output`; nil if they don't fit.
  private func codePlanes(
    _ choices: [PlaneCoder.Choice], count: Int, into output: UnsafeMutableRawBufferPointer
  ) -> (length: Int, features: UInt64)? {
    var end = 8 * choices.count
    var features: UInt64 = 0
    guard end < output.count else { return nil }
    for (plane, choice) in choices.enumerated() {
      let coded: (ChunkCodec, Int)? = unsafe planes.withUnsafeBytes { planes in
        guard end < output.count else { return nil }
        let source = unsafe UnsafeRawBufferPointer(
          rebasing: planes[plane * count..<(plane + 1) * count])
        let target = unsafe UnsafeMutableRawBufferPointer(rebasing: output[end...])
        // A codec that does worse on the whole plane than on the sample gives way to raw.
        if choice.codec != .raw,
          let length = unsafe coder.encode(
            source, with: choice,
            into: UnsafeMutableRawBufferPointer(rebasing: target[0..<min(target.count, count)]))
        {
          return (choice.codec, length)
        }
        return unsafe coder.encode(source, with: .raw, into: target).map { (.raw, $0) }
      }
      guard let (codec, length) = coded else { return nil }
      let entry = UInt64(codec.rawValue) | UInt64(length) << 32
      unsafe output.storeBytes(
        of: entry.littleEndian, toByteOffset: 8 * plane, as: UInt64.self)
      end += length
      features |= codec.feature
    }
    return (end, features)
  }
}
