/// A binary floating-point format of 16 bits: numbers are rounded to it, to nearest and ties to even.
/// Own arithmetic, because not every platform's Swift has such types, and rounding twice is wrong.
struct BinaryFloat {
  private let mantissaBits: UInt64
  private let exponentBias: Int64

  /// IEEE 754 binary16.
  static let half = BinaryFloat(mantissaBits: 10, exponentBias: 15)
  /// bfloat16.
  static let brain = BinaryFloat(mantissaBits: 7, exponentBias: 127)

  private var infinity: UInt64 { UInt64(2 * exponentBias + 1) << mantissaBits }

  /// The nearest number's bits. NaN stays NaN, with its sign and the upper bits of its payload.
  /// - Parameter overflows: is raised by one if a finite number becomes infinite.
  @inline(__always)
  func bits(of value: Double, overflows: inout Int) -> UInt16 {
    let sign = UInt64(value.bitPattern >> 48) & 0x8000
    let magnitude = value.bitPattern & ~(1 << 63)
    let dropped = 52 - mantissaBits
    let specials = 0x7FF0_0000_0000_0000 as UInt64
    if magnitude >= specials {
      let payload = (magnitude & ((1 << 52) - 1)) >> dropped
      let quiet = magnitude == specials ? 0 : payload | 1 << (mantissaBits - 1)
      return UInt16(sign | infinity | quiet)
    }
    let exponent = Int64(magnitude >> 52) - 1023
    if exponent >= 1 - exponentBias {
      // Another bias; a carry out of the mantissa goes into the exponent, where it belongs.
      let rebased = magnitude - UInt64(1023 - exponentBias) << 52
      let rounded = (rebased + (1 << (dropped - 1)) - 1 + (rebased >> dropped & 1)) >> dropped
      if rounded >= infinity { overflows += 1 }
      return UInt16(sign | min(rounded, infinity))
    }
    // Subnormal: whole multiples of the smallest number.
    let shift = 1 - exponentBias - Int64(mantissaBits) - exponent + 52
    // Less than half of the smallest; what is subnormal as a Double is far below.
    guard shift <= 53 else { return UInt16(sign) }
    let significand = magnitude & ((1 << 52) - 1) | 1 << 52
    let (whole, rest) = (significand >> UInt64(shift), significand & ((1 << UInt64(shift)) - 1))
    let half = (1 as UInt64) << UInt64(shift - 1)
    let isUp = rest > half || rest == half && whole & 1 == 1
    return UInt16(sign | (whole + (isUp ? 1 : 0)))
  }

  /// The number that bits stand for; exact.
  @inline(__always)
  func value(of bits: UInt16) -> Double {
    let sign = UInt64(bits & 0x8000) << 48
    let magnitude = UInt64(bits & 0x7FFF)
    if magnitude >= infinity {
      return Double(
        bitPattern: sign | 0x7FF0_0000_0000_0000 | (magnitude - infinity) << (52 - mantissaBits))
    }
    if magnitude >= 1 << mantissaBits {
      return Double(
        bitPattern: sign
          | (magnitude << (52 - mantissaBits) + UInt64(1023 - exponentBias) << 52))
    }
    let smallest = Double(
      sign: .plus, exponent: Int(1 - exponentBias - Int64(mantissaBits)), significand: 1)
    let number = Double(magnitude) * smallest
    return sign == 0 ? number : -number
  }
}
