internal import CLZ4

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Codes runs of bytes, choosing the codec by what a sample gains. One per thread: it keeps its
/// compressors and scratch memory.
final class PlaneCoder {
  private let huffman = Deflater(.huffmanOnly)
  private let deflater = Deflater(.standard)
  private var sampleOutput = [UInt8](repeating: 0, count: 1 << 17)

  /// Sampled bytes decide; the whole plane is coded once.
  static let sampleBytes = 1 << 15

  /// A codec and the share of the input it is expected to leave.
  struct Choice {
    var codec: ChunkCodec
    var share: Double
  }

  /// The codec to use for `plane`, from a sample out of its middle. Constant is exact.
  func choose(for plane: UnsafeRawBufferPointer, compression: Compression) -> Choice {
    guard compression != .none, plane.count >= 64 else { return Choice(codec: .raw, share: 1) }
    if unsafe PlaneCoder.isConstant(plane) {
      return Choice(codec: .constant, share: 1 / Double(plane.count))
    }
    let length = min(plane.count, PlaneCoder.sampleBytes)
    let start = (plane.count - length) / 2
    let sample = unsafe UnsafeRawBufferPointer(rebasing: plane[start..<start + length])
    var best = Choice(codec: .raw, share: 0.95)
    func consider(_ codec: ChunkCodec, _ share: Double, handicap: Double = 1) {
      if share * handicap < best.share { best = Choice(codec: codec, share: share) }
    }
    // Where LZ4 comes near Huffman coding, its speed decides for it.
    let entropy = unsafe PlaneCoder.entropyShare(sample)
    consider(.deflateHuffmanOnly, entropy)
    let lz4 = unsafe sampledShare(.lz4, sample)
    consider(.lz4, lz4, handicap: compression == .fast ? 0.9 : 1)
    if compression == .compact {
      consider(.deflate, unsafe sampledShare(.deflate, sample), handicap: 1.02)
    }
    return best
  }

  /// Codes `plane` with `codec` into `output`; nil if it would not fit.
  func encode(
    _ plane: UnsafeRawBufferPointer, with codec: ChunkCodec,
    into output: UnsafeMutableRawBufferPointer
  ) -> Int? {
    guard output.count > 0, plane.count > 0 else { return nil }
    switch codec {
    case .raw:
      guard output.count >= plane.count else { return nil }
      unsafe output.copyMemory(from: plane)
      return plane.count
    case .constant:
      unsafe output[0] = plane[0]
      return 1
    case .lz4:
      guard let source = plane.baseAddress, let target = output.baseAddress else { return nil }
      let length = unsafe LZ4_compress_default(
        source.assumingMemoryBound(to: CChar.self), target.assumingMemoryBound(to: CChar.self),
        Int32(plane.count), Int32(min(output.count, Int(Int32.max))))
      return length > 0 ? Int(length) : nil
    case .deflate: return unsafe deflater.compress(plane, into: output)
    case .deflateHuffmanOnly: return unsafe huffman.compress(plane, into: output)
    }
  }

  private func sampledShare(_ codec: ChunkCodec, _ sample: UnsafeRawBufferPointer) -> Double {
    let length = unsafe sampleOutput.withUnsafeMutableBytes {
      unsafe encode(sample, with: codec, into: $0)
    }
    return Double(length ?? sample.count) / Double(sample.count)
  }

  /// Whether all bytes are the same.
  private static func isConstant(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return false }
    // Compared with itself one byte on: equal throughout only if every byte equals the next.
    return unsafe memcmp(base, base + 1, bytes.count - 1) == 0
  }

  /// What an ideal order-0 code leaves, plus the cost of its table.
  private static func entropyShare(_ bytes: UnsafeRawBufferPointer) -> Double {
    var histogram = [UInt32](repeating: 0, count: 256)
    // Not `for byte in bytes`, whose `unsafe` the formatter breaks.
    for place in bytes.indices { unsafe histogram[Int(bytes[place])] += 1 }
    let total = Double(bytes.count)
    var bits = 0.0
    for count in histogram where count > 0 {
      bits += Double(count) * log2(total / Double(count))
    }
    // A prefix code can't go below one bit a symbol.
    return max(bits, total) / (8 * total) + 80 / total
  }
}
