internal import CCheckpointShims

/// Counts NaN and infinities (`FORMAT.md` §5).
package enum NonFinite {
  /// How many values of `bytes`, elements of `dtype`, are not finite. A complex number's parts
  /// count each by itself.
  package static func count(in bytes: UnsafeRawBufferPointer, dtype: DType) -> Int {
    func masked(_ width: Int, _ mask: UInt64) -> Int {
      unsafe ckpt_count_masked(bytes.baseAddress, bytes.count / width, width, mask)
    }
    func exactly(_ mask: UInt8, _ value: UInt8) -> Int {
      unsafe ckpt_count_bytes(bytes.baseAddress, bytes.count, mask, value)
    }
    return switch dtype {
    case .f16: masked(2, 0x7C00)
    case .bf16: masked(2, 0x7F80)
    case .f32, .c64: masked(4, 0x7F80_0000)
    case .f64: masked(8, 0x7FF0_0000_0000_0000)
    case .f8e5m2: masked(1, 0x7C)
    case .f8e4m3: exactly(0x7F, 0x7F)
    case .f8e8m0: exactly(0xFF, 0xFF)
    case .f8e4m3fnuz, .f8e5m2fnuz: exactly(0xFF, 0x80)
    default: 0
    }
  }

  /// The same for elements whose bytes are split into planes after a rotation to the left by one bit, so that the
  /// last plane begins with the exponent; nil if that doesn't tell.
  /// - Parameter plane: the last one.
  package static func count(inExponents plane: UnsafeRawBufferPointer, dtype: DType) -> Int? {
    let mask: UInt64
    switch dtype {
    case .bf16, .f32, .c64: mask = 0xFF
    case .f16: mask = 0xF8
    default: return nil
    }
    return unsafe ckpt_count_masked(plane.baseAddress, plane.count, 1, mask)
  }

  /// Makes every element NaN, or 0 where the dtype has none.
  package static func fillWithNaN(_ bytes: UnsafeMutableRawBufferPointer, dtype: DType) {
    let pattern: [UInt8] =
      switch dtype {
      case .f16: [0x00, 0x7E]
      case .bf16: [0xC0, 0x7F]
      case .f32, .c64: [0x00, 0x00, 0xC0, 0x7F]
      case .f64: [0, 0, 0, 0, 0, 0, 0xF8, 0x7F]
      case .f8e5m2: [0x7E]
      case .f8e4m3: [0x7F]
      case .f8e8m0: [0xFF]
      case .f8e4m3fnuz, .f8e5m2fnuz: [0x80]
      default: [0]
      }
    for place in bytes.indices { unsafe bytes[place] = pattern[place % pattern.count] }
  }
}
