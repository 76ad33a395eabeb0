internal import Checkpoint

/// Floats of 16 and 8 bits, which not every platform's Swift has.
enum SmallFloat {
  /// Of IEEE 754 binary16; exact.
  @inline(__always)
  static func half(_ bits: UInt16) -> Double {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let magnitude = UInt32(bits & 0x7FFF)
    if magnitude >= 0x7C00 { return magnitude == 0x7C00 ? Double(sign) * .infinity : .nan }
    // The same bits as a Float are too small by 2 to the 127 - 15; subnormals too.
    return Double(sign * Float(bitPattern: magnitude << 13) * 0x1p112)
  }

  /// Of bfloat16; exact.
  @inline(__always)
  static func brain(_ bits: UInt16) -> Double { Double(Float(bitPattern: UInt32(bits) << 16)) }

  /// What the 256 patterns of an 8-bit dtype stand for.
  static func values(of dtype: DType) -> [Double] {
    switch dtype {
    case .f8e4m3: e4m3
    case .f8e5m2: e5m2
    case .f8e8m0: e8m0
    case .f8e4m3fnuz: e4m3fnuz
    case .f8e5m2fnuz: e5m2fnuz
    default: preconditionFailure("\(dtype) is no 8-bit float")
    }
  }

  // OCP 8-bit floating point; the `fnuz` kinds (no infinities, one NaN in the place of -0) as in
  // "8-bit Numerical Formats for Deep Neural Networks" (Noune et al.).
  private static let e4m3 = patterns(mantissaBits: 3, bias: 7) { $0 & 0x7F == 0x7F ? .nan : nil }
  private static let e5m2 = patterns(mantissaBits: 2, bias: 15) {
    switch $0 & 0x7F {
    case 0x7C: $0 == 0x7C ? .infinity : -.infinity
    case 0x7D...0x7F: .nan
    default: nil
    }
  }
  private static let e4m3fnuz = patterns(mantissaBits: 3, bias: 8) { $0 == 0x80 ? .nan : nil }
  private static let e5m2fnuz = patterns(mantissaBits: 2, bias: 16) { $0 == 0x80 ? .nan : nil }
  /// A scale: an exponent alone, always positive.
  private static let e8m0 = (0...255).map { $0 == 255 ? .nan : power(of2: $0 - 127) }

  private static func patterns(
    mantissaBits: Int, bias: Int, special: (Int) -> Double?
  ) -> [Double] {
    (0...255).map { bits in
      if let value = special(bits) { return value }
      let mantissa = Double(bits & ((1 << mantissaBits) - 1)) / Double(1 << mantissaBits)
      let exponent = (bits & 0x7F) >> mantissaBits
      let magnitude =
        exponent == 0
        ? mantissa * power(of2: 1 - bias) : (1 + mantissa) * power(of2: exponent - bias)
      return bits < 0x80 ? magnitude : -magnitude
    }
  }

  private static func power(of2 exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }

  /// The shortest decimal that no other number of the dtype is as near to, such as `0.1` where the
  /// exact value is 0.0999755859375.
  static func text(_ value: Double, _ dtype: DType) -> String {
    guard value.isFinite, value != 0 else { return "\(value)" }
    let (mantissaBits, leastExponent) =
      switch dtype {
      case .f16: (10, -14)
      case .bf16: (7, -126)
      case .f8e4m3: (3, -6)
      case .f8e5m2: (2, -14)
      case .f8e4m3fnuz: (3, -7)
      case .f8e5m2fnuz: (2, -15)
      default: (0, -127)
      }
    let exponent = max(Int(value.exponent), leastExponent)
    let above = power(of2: exponent - mantissaBits) / 2
    // Below a power of two numbers lie twice as dense.
    let isEdge = value.significand == 1 && exponent > leastExponent
    let below = isEdge ? above / 2 : above
    for digits in 1...16 {
      if let short = Double(HumanText.number(value, digits: digits)),
        abs(short - value) < (abs(short) > abs(value) ? above : below)
      {
        return "\(short)"
      }
    }
    return "\(value)"
  }
}
