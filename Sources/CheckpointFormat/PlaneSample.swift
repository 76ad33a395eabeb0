internal import CCheckpointShims

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How often symbols occur in a plane, by pieces of it that are spread evenly.
struct PlaneSample {
  private let histogram: [UInt32]
  private let count: Int

  /// Bytes of a piece, and pieces: enough to tell a gain of 1 %, in a few microseconds.
  private static let pieceBytes = 2048
  private static let pieceCount = 4

  /// The places in a plane of `count` bytes.
  static func pieces(of count: Int) -> [Range<Int>] {
    guard count > pieceBytes * pieceCount else { return [0..<count] }
    let room = count - pieceBytes
    return (0..<pieceCount).map { number in
      let start = room * number / (pieceCount - 1)
      return start..<start + pieceBytes
    }
  }

  init(_ plane: UnsafeRawBufferPointer) {
    let pieces = PlaneSample.pieces(of: plane.count)
    var total = [UInt32](repeating: 0, count: 256)
    var one = total
    for piece in pieces {
      unsafe ckpt_byte_histogram(
        plane.baseAddress?.assumingMemoryBound(to: UInt8.self).advanced(by: piece.lowerBound),
        piece.count, &one)
      for symbol in 0..<256 { total[symbol] += one[symbol] }
    }
    histogram = total
    count = pieces.reduce(0) { $0 + $1.count }
  }

  /// Whether all the bytes looked at are the same.
  var isConstant: Bool { histogram.contains { Int($0) == count } }

  /// What an exponent window leaves of `length` such bytes: of 3 or 4 bits, whichever leaves less.
  func window(of length: Int) -> PlaneCoder.Choice {
    var best = PlaneCoder.Choice.raw
    for width: UInt32 in [3, 4] {
      var outside: UInt32 = 0
      let base = unsafe ckpt_window_base(histogram, width, &outside)
      let share =
        Double(width) / 8 + Double(outside) / Double(count)
        + Double(CKPT_WINDOW_HEADER) / Double(length)
      if share < best.share {
        best = PlaneCoder.Choice(
          codec: .exponentWindow, share: share,
          window: PlaneCoder.Window(width: width, base: base))
      }
    }
    return best
  }

  /// What an ideal code by symbols leaves of `length` such bytes, and its table; a code has at least one bit.
  func huffmanShare(of length: Int) -> Double {
    let total = Double(count)
    var bits = 0.0
    var (first, last) = (255, 0)
    for (symbol, count) in histogram.enumerated() where count > 0 {
      bits += Double(count) * log2(total / Double(count))
      (first, last) = (min(first, symbol), max(last, symbol))
    }
    let header = Int(CKPT_HUFFMAN_HEADER) + (last - first + 2) / 2
    return max(bits, total) / (8 * total) + Double(header) / Double(length)
  }
}
