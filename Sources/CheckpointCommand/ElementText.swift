internal import Checkpoint

/// Elements as decimals: the shortest that read back to the same bits.
enum ElementText {
  /// The elements of `bytes`, in order.
  static func texts(of bytes: UnsafeRawBufferPointer, _ dtype: DType) -> [String] {
    func each<T>(_ type: T.Type, _ text: (T) -> String) -> [String] {
      stride(from: 0, to: bytes.count, by: MemoryLayout<T>.size).map {
        text(bytes.loadUnaligned(fromByteOffset: $0, as: T.self))
      }
    }
    func values() -> [String] {
      var texts: [String] = []
      ElementValues.forEach(in: bytes, dtype) { texts.append(SmallFloat.text($0, dtype)) }
      return texts
    }
    return switch dtype {
    case .bool: each(UInt8.self) { $0 == 0 ? "false" : "true" }
    case .u8: each(UInt8.self) { "\($0)" }
    case .i8: each(Int8.self) { "\($0)" }
    case .u16: each(UInt16.self) { "\($0)" }
    case .i16: each(Int16.self) { "\($0)" }
    case .u32: each(UInt32.self) { "\($0)" }
    case .i32: each(Int32.self) { "\($0)" }
    case .u64: each(UInt64.self) { "\($0)" }
    case .i64: each(Int64.self) { "\($0)" }
    case .f32: each(UInt32.self) { text(Float(bitPattern: $0)) }
    case .f64: each(UInt64.self) { text(Double(bitPattern: $0)) }
    case .c64:
      each(UInt64.self) {
        let real = Float(bitPattern: UInt32(truncatingIfNeeded: $0))
        let imaginary = text(Float(bitPattern: UInt32(truncatingIfNeeded: $0 >> 32)))
        return text(real) + (imaginary.hasPrefix("-") ? "" : "+") + imaginary + "j"
      }
    default: values()
    }
  }

  /// NaN as `nan`, whatever its sign and payload.
  private static func text<F: BinaryFloatingPoint & LosslessStringConvertible>(
    _ value: F
  ) -> String {
    value.isNaN ? "nan" : "\(value)"
  }

  /// The elements of `bytes` for JSON: numbers, truth values, `[real, imaginary]`. Numbers that JSON
  /// or 63 bits can't hold are strings.
  static func json(of bytes: UnsafeRawBufferPointer, _ dtype: DType) -> [JSONValue] {
    switch dtype {
    case .bool: return bytes.map { .bool($0 != 0) }
    case .c64:
      let parts = texts(of: bytes, .f32).map(number)
      return stride(from: 0, to: parts.count, by: 2).map { .array([parts[$0], parts[$0 + 1]]) }
    default: return texts(of: bytes, dtype).map(number)
    }
  }

  private static func number(_ text: String) -> JSONValue {
    if let whole = Int64(text) { return .int(whole) }
    if UInt64(text) != nil { return .string(text) }
    return Double(text).map { JSONValue.number($0) } ?? .string(text)
  }
}
