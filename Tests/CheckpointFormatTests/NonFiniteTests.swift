import CheckpointFormat
import Testing

import struct SimulatedDisk.SplitMix64

@Suite("Non-finite values")
struct NonFiniteTests {
  /// The last column of FORMAT.md §5, for one scalar: by what the numbers are, not by masks.
  private func isNonFinite(_ bits: UInt64, _ dtype: DType) -> Bool {
    switch dtype {
    case .f16: !Float16(bitPattern: UInt16(bits)).isFinite
    case .bf16: !Float(bitPattern: UInt32(bits) << 16).isFinite
    case .f32, .c64: !Float(bitPattern: UInt32(bits)).isFinite
    case .f64: !Double(bitPattern: bits).isFinite
    case .f8e4m3: bits == 0x7F || bits == 0xFF
    case .f8e5m2: bits >> 2 & 0b11111 == 0b11111
    case .f8e8m0: bits == 0xFF
    case .f8e4m3fnuz, .f8e5m2fnuz: bits == 0x80
    default: false
    }
  }

  private func count(_ bytes: [UInt8], _ dtype: DType) -> Int {
    bytes.withUnsafeBytes { NonFinite.count(in: $0, dtype: dtype) }
  }

  private func bytes(_ bits: UInt64, width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) }
  }

  @Test(
    "are counted right for each pattern of 8 bits",
    arguments: DType.allCases.filter { $0.scalarBytes == 1 })
  func eightBits(_ dtype: DType) {
    for pattern in UInt64(0)...255 {
      let expected = isNonFinite(pattern, dtype) ? 1 : 0
      #expect(count([UInt8(pattern)], dtype) == expected, "\(pattern)")
    }
  }

  @Test(
    "are counted right for each pattern of 16 bits",
    arguments: DType.allCases.filter { $0.scalarBytes == 2 })
  func sixteenBits(_ dtype: DType) {
    for pattern in UInt64(0)...65535 {
      let found = count(bytes(pattern, width: 2), dtype)
      guard found == (isNonFinite(pattern, dtype) ? 1 : 0) else {
        Issue.record("\(dtype) \(pattern): \(found)")
        return
      }
    }
    let all = (0...65535).flatMap { bytes(UInt64($0), width: 2) }
    #expect(count(all, dtype) == (0...65535).count { isNonFinite(UInt64($0), dtype) })
  }

  @Test(
    "are counted right for wide numbers, at the edges and at random",
    arguments: DType.allCases.filter { $0.scalarBytes >= 4 })
  func wide(_ dtype: DType) {
    let width = dtype.scalarBytes
    let (mantissa, bits): (UInt64, UInt64) = width == 4 ? (23, 32) : (52, 64)
    let exponent = UInt64(1) << (bits - 1) - UInt64(1) << mantissa
    let sign = UInt64(1) << (bits - 1)
    var random = SplitMix64(seed: 4)
    var patterns: [UInt64] = [0, sign, exponent - 1, exponent, exponent + 1, sign | exponent]
    patterns += [exponent | exponent >> 1, sign - 1, ~0 >> (64 - bits), exponent &- 1 << mantissa]
    for _ in 0..<2000 {
      let next = random.next() >> (64 - bits)
      patterns.append(random.next() % 4 == 0 ? next | exponent : next)
    }
    for pattern in patterns {
      let expected = isNonFinite(pattern, dtype) ? 1 : 0
      #expect(count(bytes(pattern, width: width), dtype) == expected, "\(pattern)")
    }
    let all = patterns.flatMap { bytes($0, width: width) }
    #expect(count(all, dtype) == patterns.count { isNonFinite($0, dtype) })
  }

  @Test("are counted beyond what a narrow lane of counters holds")
  func many() {
    for dtype in [DType.f8e5m2, .f16, .bf16, .f32, .f64] {
      let scalars = [UInt8](repeating: 0xFF, count: 70_000 * dtype.scalarBytes)
      #expect(count(scalars, dtype) == 70_000, "\(dtype)")
    }
  }

  @Test("fill lost elements, in every dtype that has them", arguments: DType.allCases)
  func filling(_ dtype: DType) {
    let width = dtype.scalarBytes
    var bytes = [UInt8](repeating: 0x55, count: 24 * width)
    bytes.withUnsafeMutableBytes { NonFinite.fillWithNaN($0, dtype: dtype) }
    let ones = ~UInt64(0) >> UInt64(64 - 8 * width)
    if isNonFinite(ones, dtype) || isNonFinite(0x80, dtype) {
      #expect(count(bytes, dtype) == 24)
    } else {
      #expect(bytes.allSatisfy { $0 == 0 })
    }
  }
}
