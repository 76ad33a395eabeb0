#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Kinds of data that codecs treat differently; the same bytes from the same seed, everywhere.
package enum SampleBytes: String, Sendable, CaseIterable {
  case zeros, ramp, random, normal, sparse, text, repeated

  /// `count` bytes, as scalars of `width` bytes where the kind is of numbers.
  /// - Parameter isBrain: whether two bytes are the upper half of a 32-bit float.
  package func bytes(
    count: Int, width: Int = 1, isBrain: Bool = false, seed: UInt64 = 1
  ) -> [UInt8] {
    var state = seed &* 2 &+ 1
    func next() -> UInt64 {
      // Knuth's MMIX generator; its upper bits are good enough here.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 24
    }
    func scalars(_ value: (Int) -> UInt64) -> [UInt8] {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(count + width)
      var number = 0
      while bytes.count < count {
        let bits = value(number)
        for byte in 0..<width { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * byte))) }
        number += 1
      }
      return Array(bytes.prefix(count))
    }
    switch self {
    case .zeros: return [UInt8](repeating: 0, count: count)
    case .repeated: return [UInt8](repeating: 0xA7, count: count)
    case .ramp: return scalars { UInt64($0) }
    case .random: return (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    case .sparse: return scalars { _ in next() % 20 == 0 ? next() : 0 }
    case .text:
      let words = ["loss ", "accuracy ", "epoch ", "0.125 ", "step\n", "kernel/bias "]
      var text: [UInt8] = []
      while text.count < count { text += words[Int(next() % 6)].utf8 }
      return Array(text.prefix(count))
    case .normal:
      return scalars { _ in
        // The sum of twelve uniform numbers is close to normal.
        let sum = (0..<12).reduce(0.0) { total, _ in total + Double(next() % 65536) / 65536 } - 6
        let value = sum * 0.02
        switch (width, isBrain) {
        case (8, _): return value.bitPattern
        case (4, _): return UInt64(Float(value).bitPattern)
        case (2, true): return UInt64(Float(value).bitPattern >> 16)
        case (2, false): return SampleBytes.half(value)
        default: return UInt64(bitPattern: Int64(sum * 20))
        }
      }
    }
  }

  /// The bits of the nearest smaller 16-bit float; for values of normal size only.
  private static func half(_ value: Double) -> UInt64 {
    let bits = Float(value).bitPattern
    let exponent = Int(bits >> 23 & 0xFF) - 112
    guard exponent > 0 else { return UInt64(bits >> 16 & 0x8000) }
    return UInt64(bits >> 16 & 0x8000) | UInt64(exponent) << 10 | UInt64(bits >> 13 & 0x3FF)
  }
}
