internal import Checkpoint

/// An element type as npy files write it: byte order, kind, bytes, such as `<f4`.
struct NpyType: Equatable {
  /// The type, or nil for bytes without a meaning (`|V2`).
  var dtype: DType?
  /// Bytes per element.
  var elementBytes: Int
  /// Whether scalars are stored with the high byte first.
  var isBigEndian = false

  /// What `numpy.savez` writes for the type. Types that NumPy lacks are written as `ml_dtypes` does
  /// them, bytes without a meaning, which NumPy loads and `view` gives their type back; sub-byte
  /// elements as the bytes they are packed in.
  static func text(_ dtype: DType) -> String {
    switch dtype {
    case .bool: "|b1"
    case .u8: "|u1"
    case .i8: "|i1"
    case .u16: "<u2"
    case .i16: "<i2"
    case .u32: "<u4"
    case .i32: "<i4"
    case .u64: "<u8"
    case .i64: "<i8"
    case .f16: "<f2"
    case .f32: "<f4"
    case .f64: "<f8"
    case .c64: "<c8"
    case .bf16: "<V2"
    case .f8e4m3, .f8e5m2, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz, .f4, .f6e2m3, .f6e3m2: "<V1"
    }
  }

  /// Whether NumPy itself knows the type.
  static func isNative(_ dtype: DType) -> Bool { !text(dtype).hasPrefix("<V") }

  /// Reads a type.
  /// - Throws: `CheckpointError` with code `unsupportedVersion` for types that no tensor here can
  ///   have, in words; `corrupt` for what is no type. The caller adds path and item.
  init(_ text: String) throws(CheckpointError) {
    let bytes = Array(text.utf8)
    guard let order = bytes.first, let kind = text == "O" ? order : bytes.dropFirst().first else {
      throw Self.unknown(text)
    }
    switch kind {
    case UInt8(ascii: "O"):
      throw CheckpointError(
        .unsupportedVersion,
        "an array of objects holds a pickle, which can do anything when it is read",
        advice: "save it as numbers")
    case UInt8(ascii: "U"), UInt8(ascii: "S"), UInt8(ascii: "a"):
      throw Self.refused(text, "an array of text")
    case UInt8(ascii: "M"), UInt8(ascii: "m"):
      throw Self.refused(text, "an array of times")
    default: break
    }
    guard let count = Int(String(decoding: bytes[2...], as: UTF8.self)),
      bytes[2...].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      bytes[2] != UInt8(ascii: "0")
    else { throw Self.unknown(text) }
    elementBytes = count
    dtype = try Self.dtype(kind, bytes: count, text)
    switch order {
    case UInt8(ascii: "<"): break
    case UInt8(ascii: ">"): isBigEndian = count > 1 && dtype != nil
    case UInt8(ascii: "|") where count == 1 || dtype == nil: break
    case UInt8(ascii: "="):
      throw CheckpointError(
        .unsupportedVersion, "the type \"\(text)\" leaves open which byte comes first")
    default: throw Self.unknown(text)
    }
    // Nobody else writes bytes without a meaning and with a byte order.
    if text == "<V2" { dtype = .bf16 }
  }

  private static func dtype(
    _ kind: UInt8, bytes: Int, _ text: String
  ) throws(CheckpointError) -> DType? {
    switch (Character(Unicode.Scalar(kind)), bytes) {
    case ("b", 1): return .bool
    case ("u", 1): return .u8
    case ("u", 2): return .u16
    case ("u", 4): return .u32
    case ("u", 8): return .u64
    case ("i", 1): return .i8
    case ("i", 2): return .i16
    case ("i", 4): return .i32
    case ("i", 8): return .i64
    case ("f", 2): return .f16
    case ("f", 4): return .f32
    case ("f", 8): return .f64
    case ("c", 8): return .c64
    case ("V", 1), ("V", 2): return nil
    case ("f", 12), ("f", 16): throw refused(text, "numbers of extended precision")
    case ("c", 16), ("c", 24), ("c", 32):
      throw refused(text, "complex numbers of more than 64 bits")
    case ("V", _): throw refused(text, "bytes without a meaning")
    default: throw unknown(text)
    }
  }

  private static func refused(_ text: String, _ what: String) -> CheckpointError {
    CheckpointError(.unsupportedVersion, "\(what) (\"\(text)\") can't be a tensor here")
  }

  private static func unknown(_ text: String) -> CheckpointError {
    CheckpointError(.corrupt, "\"\(text)\" is no type of numbers")
  }
}
