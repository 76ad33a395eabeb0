public import CheckpointFormat

/// A bfloat16 number: the upper half of an IEEE 754 binary32.
public struct BFloat16: TensorElement, Hashable {
  /// The sixteen bits.
  public var bitPattern: UInt16

  /// From the sixteen bits.
  public init(bitPattern: UInt16) {
    self.bitPattern = bitPattern
  }

  /// Rounds to nearest, ties to even; NaN stays NaN.
  public init(_ value: Float) {
    let bits = value.bitPattern
    if value.isNaN {
      bitPattern = UInt16(bits >> 16) | 0x40
    } else {
      bitPattern = UInt16((bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }
  }

  /// The same number with more digits; exact.
  public var float: Float { Float(bitPattern: UInt32(bitPattern) << 16) }

  /// `bf16`.
  public static var dtype: DType { .bf16 }
}

/// A complex number of two 32-bit floats.
public struct Complex64: TensorElement, Hashable {
  /// The real part.
  public var real: Float
  /// The imaginary part.
  public var imaginary: Float

  /// From its parts.
  public init(_ real: Float, _ imaginary: Float) {
    self.real = real
    self.imaginary = imaginary
  }

  /// `c64`.
  public static var dtype: DType { .c64 }
}
