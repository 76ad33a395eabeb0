/// The element types a tensor can have: those of safetensors 0.8. Raw values are the ids of
/// `FORMAT.md` §5 and never change.
public enum DType: UInt8, Sendable, Hashable, CaseIterable {
  case bool = 1
  case u8 = 2
  case i8 = 3
  case u16 = 4
  case i16 = 5
  case u32 = 6
  case i32 = 7
  case u64 = 8
  case i64 = 9
  case f16 = 10
  case bf16 = 11
  case f32 = 12
  case f64 = 13
  case c64 = 14
  case f8e4m3 = 15
  case f8e5m2 = 16
  case f8e8m0 = 17
  case f8e4m3fnuz = 18
  case f8e5m2fnuz = 19
  case f4 = 20
  case f6e2m3 = 21
  case f6e3m2 = 22

  /// The name in `FORMAT.md`, in messages and in `--json` output, such as `bf16`.
  public var name: String {
    switch self {
    case .bool: "bool"
    case .u8: "u8"
    case .i8: "i8"
    case .u16: "u16"
    case .i16: "i16"
    case .u32: "u32"
    case .i32: "i32"
    case .u64: "u64"
    case .i64: "i64"
    case .f16: "f16"
    case .bf16: "bf16"
    case .f32: "f32"
    case .f64: "f64"
    case .c64: "c64"
    case .f8e4m3: "f8_e4m3"
    case .f8e5m2: "f8_e5m2"
    case .f8e8m0: "f8_e8m0"
    case .f8e4m3fnuz: "f8_e4m3fnuz"
    case .f8e5m2fnuz: "f8_e5m2fnuz"
    case .f4: "f4"
    case .f6e2m3: "f6_e2m3"
    case .f6e3m2: "f6_e3m2"
    }
  }

  /// The dtype of that name, if there is one.
  public init?(name: String) {
    guard let match = DType.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }

  /// Bits per element: 4, 6, 8, 16, 32 or 64.
  public var bitsPerElement: Int {
    switch self {
    case .f4: 4
    case .f6e2m3, .f6e3m2: 6
    case .bool, .u8, .i8, .f8e4m3, .f8e5m2, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz: 8
    case .u16, .i16, .f16, .bf16: 16
    case .u32, .i32, .f32: 32
    case .u64, .i64, .f64, .c64: 64
    }
  }

  /// Bytes of the scalars that elements consist of: transforms work on these. A complex number is
  /// two scalars; sub-byte elements are seen as bytes.
  public var scalarBytes: Int {
    self == .c64 ? 4 : max(1, bitsPerElement / 8)
  }

  /// Whether values can be fractions.
  public var isFloatingPoint: Bool {
    switch self {
    case .bool, .u8, .i8, .u16, .i16, .u32, .i32, .u64, .i64: false
    default: true
    }
  }

  /// Whether the float split transform applies: sign, exponent and mantissa in whole bytes.
  package var splitsAsFloat: Bool {
    switch self {
    case .f16, .bf16, .f32, .f64, .c64: true
    default: false
    }
  }

  /// Bytes that `elements` elements take, or nil if that overflows or is not a whole number.
  public func sizeBytes(elements: UInt64) -> UInt64? {
    let (bits, overflow) = elements.multipliedReportingOverflow(by: UInt64(bitsPerElement))
    guard !overflow else {
      // Only sub-byte counts can overflow in bits and still fit in bytes; no file is that large.
      return nil
    }
    return bits.isMultiple(of: 8) ? bits / 8 : nil
  }
}

extension DType: CustomStringConvertible {
  /// The name.
  public var description: String { name }
}
