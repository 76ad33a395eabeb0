internal import Checkpoint

/// What elements of a dataset or an attribute are.
enum HDF5Datatype: Equatable {
  /// Numbers or truth values that a tensor can have.
  case element(DType)
  /// Bytes without a meaning: what Keras keeps bfloat16 in.
  case opaque(sizeBytes: UInt32)
  /// Text of a length of its own, in the global heap.
  case variableText
  /// Text of so many bytes.
  case fixedText(sizeBytes: UInt32)
  /// What is not read; the words say what it is.
  case other(String)

  /// The description that begins here.
  /// - Throws: `CheckpointError` with code `truncated`.
  init(_ fields: inout FieldReader) throws(CheckpointError) {
    let classAndVersion: UInt8 = try fields.integer()
    let bits0: UInt8 = try fields.integer()
    let bits1: UInt8 = try fields.integer()
    _ = try fields.integer(UInt8.self)
    let size: UInt32 = try fields.integer()
    guard (1...3).contains(classAndVersion >> 4) else {
      self = .other("a description of version \(classAndVersion >> 4)")
      return
    }
    switch classAndVersion & 15 {
    case 0: self = try Self.whole(&fields, bits0: bits0, size: size)
    case 1: self = try Self.float(&fields, bits0: bits0, sign: bits1, size: size)
    case 3: self = .fixedText(sizeBytes: size)
    case 5: self = .opaque(sizeBytes: size)
    case 8: self = try Self.enumeration(&fields, count: Int(bits0) | Int(bits1) << 8, size: size)
    case 9: self = bits0 & 15 == 1 && size == 16 ? .variableText : .other("sequences")
    case 2: self = .other("times")
    case 4: self = .other("bit fields")
    case 6: self = .other("compounds")
    case 7: self = .other("references")
    case 10: self = .other("arrays")
    default: self = .other("a class \(classAndVersion & 15)")
    }
  }

  private static func whole(
    _ fields: inout FieldReader, bits0: UInt8, size: UInt32
  ) throws(CheckpointError) -> HDF5Datatype {
    let offset: UInt16 = try fields.integer()
    let precision: UInt16 = try fields.integer()
    guard bits0 & 1 == 0 else { return .other("big-endian numbers") }
    let isSigned = bits0 & 8 != 0
    guard offset == 0, size <= 8, UInt32(precision) == 8 * size else {
      return .other("numbers of \(precision) bits in \(size) bytes")
    }
    switch size {
    case 1: return .element(isSigned ? .i8 : .u8)
    case 2: return .element(isSigned ? .i16 : .u16)
    case 4: return .element(isSigned ? .i32 : .u32)
    case 8: return .element(isSigned ? .i64 : .u64)
    default: return .other("numbers of \(size) bytes")
    }
  }

  private static func float(
    _ fields: inout FieldReader, bits0: UInt8, sign: UInt8, size: UInt32
  ) throws(CheckpointError) -> HDF5Datatype {
    let properties = Array(try fields.bytes(12))
    guard bits0 & 0x41 == 0 else { return .other("big-endian numbers") }
    for dtype in [DType.f16, .f32, .f64, .bf16] {
      guard let layout = FloatLayout(dtype) else { continue }
      if layout.sizeBytes == size, layout.sign == sign, layout.properties == properties {
        return .element(dtype)
      }
    }
    return .other("floating-point numbers of a layout of their own")
  }

  /// h5py's truth values: an enumeration FALSE = 0, TRUE = 1 of bytes.
  private static func enumeration(
    _ fields: inout FieldReader, count: Int, size: UInt32
  ) throws(CheckpointError) -> HDF5Datatype {
    guard count == 2, size == 1, fields.remaining >= 30,
      Array(try fields.bytes(8)).first.map({ $0 & 15 }) == 0
    else { return .other("enumerations") }
    try fields.skip(4)
    let names = Array(try fields.bytes(16))
    let values = Array(try fields.bytes(2))
    guard names == padded("FALSE") + padded("TRUE"), values == [0, 1] else {
      return .other("enumerations")
    }
    return .element(.bool)
  }

  /// The description of a dtype's elements as h5py writes it, or nil if HDF5 has none for it.
  static func bytes(of dtype: DType) -> [UInt8]? {
    var fields = FieldWriter()
    switch dtype {
    case .u8, .i8, .u16, .i16, .u32, .i32, .u64, .i64:
      let isSigned = [.i8, .i16, .i32, .i64].contains(dtype)
      fields.append([0x10, isSigned ? 8 : 0, 0, 0] as [UInt8])
      fields.append(UInt32(dtype.scalarBytes))
      fields.append(UInt16(0))
      fields.append(UInt16(dtype.bitsPerElement))
    case .f16, .f32, .f64:
      guard let layout = FloatLayout(dtype) else { return nil }
      fields.append([0x11, 0x20, layout.sign, 0] as [UInt8])
      fields.append(layout.sizeBytes)
      fields.append(layout.properties)
    case .bf16:
      fields.append([0x15, 0, 0, 0] as [UInt8])
      fields.append(UInt32(2))
    case .bool:
      fields.append([0x18, 2, 0, 0] as [UInt8])
      fields.append(UInt32(1))
      fields.append(bytes(of: .i8) ?? [])
      fields.append(padded("FALSE") + padded("TRUE") + [0, 1])
    default: return nil
    }
    return fields.bytes
  }

  private static func padded(_ name: String) -> [UInt8] {
    let bytes = Array(name.utf8)
    return bytes + [UInt8](repeating: 0, count: 8 - bytes.count % 8)
  }
}

/// Where sign, exponent and mantissa are.
private struct FloatLayout {
  let sizeBytes: UInt32
  let sign: UInt8
  let properties: [UInt8]

  init?(_ dtype: DType) {
    let (exponent, mantissa): (UInt8, UInt8)
    switch dtype {
    case .f16: (exponent, mantissa) = (5, 10)
    case .bf16: (exponent, mantissa) = (8, 7)
    case .f32: (exponent, mantissa) = (8, 23)
    case .f64: (exponent, mantissa) = (11, 52)
    default: return nil
    }
    let bits = UInt16(1 + exponent + mantissa)
    sizeBytes = UInt32(bits / 8)
    sign = UInt8(bits - 1)
    var fields = FieldWriter()
    fields.append(UInt16(0))
    fields.append(bits)
    fields.append([mantissa, exponent, 0, mantissa] as [UInt8])
    fields.append(UInt32(1) << UInt32(exponent - 1) - 1)
    properties = fields.bytes
  }
}
