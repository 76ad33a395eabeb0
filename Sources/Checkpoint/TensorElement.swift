public import CheckpointFormat

/// A Swift type whose arrays are tensors: the number types, `Bool`, `BFloat16`, `Complex64`. One of
/// your own has exactly as many bytes as its dtype's elements; anything else stops the program.
public protocol TensorElement: BitwiseCopyable, Sendable {
  /// The dtype of an array of these: `MemoryLayout<Self>.stride` is its elements' size.
  static var dtype: DType { get }
}

extension TensorElement {
  /// Without this a wrong dtype would save, or read, other bytes than the array's.
  static func checkSize() {
    precondition(
      MemoryLayout<Self>.stride * 8 == dtype.bitsPerElement,
      "\(Self.self) has \(MemoryLayout<Self>.stride) bytes, an element of \(dtype) has"
        + " \(dtype.bitsPerElement) bits")
  }
}

extension Bool: TensorElement {
  /// `bool`.
  public static var dtype: DType { .bool }
}
extension UInt8: TensorElement {
  /// `u8`.
  public static var dtype: DType { .u8 }
}
extension Int8: TensorElement {
  /// `i8`.
  public static var dtype: DType { .i8 }
}
extension UInt16: TensorElement {
  /// `u16`.
  public static var dtype: DType { .u16 }
}
extension Int16: TensorElement {
  /// `i16`.
  public static var dtype: DType { .i16 }
}
extension UInt32: TensorElement {
  /// `u32`.
  public static var dtype: DType { .u32 }
}
extension Int32: TensorElement {
  /// `i32`.
  public static var dtype: DType { .i32 }
}
extension UInt64: TensorElement {
  /// `u64`.
  public static var dtype: DType { .u64 }
}
extension Int64: TensorElement {
  /// `i64`.
  public static var dtype: DType { .i64 }
}
extension UInt: TensorElement {
  /// `u64`.
  public static var dtype: DType { .u64 }
}
extension Int: TensorElement {
  /// `i64`.
  public static var dtype: DType { .i64 }
}
#if !(os(macOS) && arch(x86_64))
  extension Float16: TensorElement {
    /// `f16`.
    public static var dtype: DType { .f16 }
  }
#endif
extension Float: TensorElement {
  /// `f32`.
  public static var dtype: DType { .f32 }
}
extension Double: TensorElement {
  /// `f64`.
  public static var dtype: DType { .f64 }
}
