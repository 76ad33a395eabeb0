internal import CCheckpointShims
internal import CLZ4

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Codes runs of bytes, choosing the codec by what a sample gains. One per thread: it keeps its
/// compressor and scratch memory.
final class PlaneCoder {
  private let deflater = Deflater(.standard)
  private var sampleOutput = [UInt8](repeating: 0, count: 1 << 16)

  /// A codec and the share of the input it is expected to leave.
  struct Choice {
    var codec: ChunkCodec
    var share: Double
    /// Of the exponent window.
    var window = Window(width: 4, base: 0)

    /// As it is.
    static let raw = Choice(codec: .raw, share: 1)

    /// `count` equal bytes.
    static func constant(_ count: Int) -> Choice {
      Choice(codec: .constant, share: 1 / Double(count))
    }
  }

  /// Neighbouring symbols with codes of `width` bits.
  struct Window {
    var width: UInt32
    var base: UInt8
  }

  /// Bytes out of the middle that are tried with codecs whose gain no count of symbols tells, if the first
  /// of them look promising.
  private static let triedBytes = 1 << 14
  private static let triedFirstBytes = 1 << 12

  /// What `choose(forSampled:)` looks at in a plane of `count` bytes.
  static func sampledPieces(of count: Int) -> [Range<Int>] {
    guard count > triedBytes else { return [0..<count] }
    return PlaneSample.pieces(of: count) + [middle(triedBytes, of: count)]
  }

  /// The codec to use for `plane`, from a sample. Constant is exact.
  func choose(for plane: UnsafeRawBufferPointer, compression: Compression) -> Choice {
    guard compression != .none, plane.count >= 64 else { return .raw }
    if unsafe PlaneCoder.isConstant(plane) { return .constant(plane.count) }
    return unsafe choose(for: plane, compression: compression, by: PlaneSample(plane))
  }

  /// The same for a plane that is there at `sampledPieces` only: constant means that those are.
  func choose(forSampled plane: UnsafeRawBufferPointer, compression: Compression) -> Choice {
    guard compression != .none, plane.count >= 64 else { return .raw }
    let sample = unsafe PlaneSample(plane)
    if sample.isConstant { return .constant(plane.count) }
    return unsafe choose(for: plane, compression: compression, by: sample)
  }

  private func choose(
    for plane: UnsafeRawBufferPointer, compression: Compression, by sample: PlaneSample
  ) -> Choice {
    var best = Choice(codec: .raw, share: 0.95)
    func consider(_ choice: Choice, handicap: Double = 1) {
      if choice.share * handicap < best.share { best = choice }
    }
    let window = sample.window(of: plane.count)
    let huffman = sample.huffmanShare(of: plane.count)
    if compression == .fast {
      consider(window)
      // Several times as slow as a window: only where that gains little.
      let handicap = best.codec == .exponentWindow ? 1.5 : 1
      consider(Choice(codec: .fourStreamHuffman, share: huffman), handicap: handicap)
    } else {
      consider(Choice(codec: .fourStreamHuffman, share: huffman))
      consider(window, handicap: 1.01)
    }
    // What looks like noise symbol by symbol has no repetitions worth the search.
    guard huffman < 0.97 else { return best }
    let first = unsafe share(.lz4, of: plane, bytes: PlaneCoder.triedFirstBytes)
    guard first < min(1, 1.5 * best.share) else { return best }
    let lz4 = unsafe share(.lz4, of: plane, bytes: PlaneCoder.triedBytes)
    consider(Choice(codec: .lz4, share: lz4))
    // Where LZ4 finds nothing that comes again, deflate won't either, and takes long to find that out.
    if compression == .compact, lz4 < min(0.98, 1.1 * huffman) {
      let deflate = unsafe share(.deflate, of: plane, bytes: PlaneCoder.triedBytes)
      consider(Choice(codec: .deflate, share: deflate), handicap: 1.02)
    }
    return best
  }

  /// Codes `plane` as chosen into `output`; nil if it would not fit.
  func encode(
    _ plane: UnsafeRawBufferPointer, with choice: Choice,
    into output: UnsafeMutableRawBufferPointer
  ) -> Int? {
    guard output.count > 0, plane.count > 0, let source = plane.baseAddress,
      let target = output.baseAddress
    else { return nil }
    switch choice.codec {
    case .raw:
      guard output.count >= plane.count else { return nil }
      unsafe output.copyMemory(from: plane)
      return plane.count
    case .constant:
      unsafe output[0] = plane[0]
      return 1
    case .lz4:
      let length = unsafe LZ4_compress_default(
        source.assumingMemoryBound(to: CChar.self), target.assumingMemoryBound(to: CChar.self),
        Int32(plane.count), Int32(min(output.count, Int(Int32.max))))
      return length > 0 ? Int(length) : nil
    case .deflate: return unsafe deflater.compress(plane, into: output)
    // Readers know it; what wrote it is `fourStreamHuffman` now.
    case .deflateHuffmanOnly: return nil
    case .exponentWindow:
      let length = unsafe ckpt_window_encode(
        source.assumingMemoryBound(to: UInt8.self), plane.count, choice.window.width,
        choice.window.base, target.assumingMemoryBound(to: UInt8.self), output.count)
      return length > 0 ? length : nil
    case .fourStreamHuffman:
      let length = unsafe ckpt_huffman_encode(
        source.assumingMemoryBound(to: UInt8.self), plane.count,
        target.assumingMemoryBound(to: UInt8.self), output.count)
      return length > 0 ? length : nil
    }
  }

  /// What a codec leaves of so many bytes out of the middle.
  private func share(
    _ codec: ChunkCodec, of plane: UnsafeRawBufferPointer, bytes length: Int
  ) -> Double {
    let piece = unsafe UnsafeRawBufferPointer(
      rebasing: plane[PlaneCoder.middle(length, of: plane.count)])
    let coded = unsafe sampleOutput.withUnsafeMutableBytes {
      unsafe encode(piece, with: Choice(codec: codec, share: 1), into: $0)
    }
    return Double(coded ?? piece.count) / Double(piece.count)
  }

  private static func middle(_ length: Int, of count: Int) -> Range<Int> {
    let length = min(count, length)
    let start = (count - length) / 2
    return start..<start + length
  }

  /// Whether all bytes are the same.
  private static func isConstant(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return false }
    // Compared with itself one byte on: equal throughout only if every byte equals the next.
    return unsafe memcmp(base, base + 1, bytes.count - 1) == 0
  }
}
