internal import Checkpoint

/// How PyTorch names element types: in older ones by the storage's class, in newer ones by a dtype
/// beside an untyped storage.
enum TorchType {
  /// The class of storages of that type, if there is one.
  static func storageClass(_ dtype: DType) -> String? {
    switch dtype {
    case .bool: "BoolStorage"
    case .u8: "ByteStorage"
    case .i8: "CharStorage"
    case .i16: "ShortStorage"
    case .i32: "IntStorage"
    case .i64: "LongStorage"
    case .f16: "HalfStorage"
    case .bf16: "BFloat16Storage"
    case .f32: "FloatStorage"
    case .f64: "DoubleStorage"
    case .c64: "ComplexFloatStorage"
    default: nil
    }
  }

  /// The name of the type in module `torch`, of those whose storages are untyped.
  static func name(_ dtype: DType) -> String? {
    switch dtype {
    case .u16: "uint16"
    case .u32: "uint32"
    case .u64: "uint64"
    case .f8e4m3: "float8_e4m3fn"
    case .f8e5m2: "float8_e5m2"
    case .f8e8m0: "float8_e8m0fnu"
    case .f8e4m3fnuz: "float8_e4m3fnuz"
    case .f8e5m2fnuz: "float8_e5m2fnuz"
    default: nil
    }
  }

  private static let storageClasses: [String: DType] = {
    var classes: [String: DType] = [:]
    for dtype in DType.allCases {
      if let name = storageClass(dtype) { classes["torch." + name] = dtype }
    }
    return classes
  }()

  private static let names: [String: DType] = {
    var names: [String: DType] = [:]
    for dtype in DType.allCases {
      if let name = name(dtype) { names["torch." + name] = dtype }
    }
    return names
  }()

  /// The type of a storage's class, by its full name.
  static func ofStorage(_ global: String) -> DType? { storageClasses[global] }

  /// The type of a full name.
  static func named(_ global: String) -> DType? { names[global] }
}
