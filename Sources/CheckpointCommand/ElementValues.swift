internal import Checkpoint

/// The numbers that elements of a dtype stand for, out of their bytes.
enum ElementValues {
  /// Whether elements of a dtype can be told apart in the bytes. Those smaller than a byte can't: how
  /// they are packed is up to their producer.
  static func areReadable(_ dtype: DType) -> Bool { dtype.bitsPerElement >= 8 }

  /// Values per element: a complex number has two.
  static func perElement(_ dtype: DType) -> Int { dtype == .c64 ? 2 : 1 }

  /// Hands every value to `body`, in order. 64-bit whole numbers are rounded to a Double.
  @inline(__always)
  static func forEach(
    in bytes: UnsafeRawBufferPointer, _ dtype: DType, _ body: (Double) -> Void
  ) {
    @inline(__always)
    func each<T: FixedWidthInteger>(_ type: T.Type, _ value: (T) -> Double) {
      var offset = 0
      while offset + MemoryLayout<T>.size <= bytes.count {
        body(value(bytes.loadUnaligned(fromByteOffset: offset, as: T.self)))
        offset += MemoryLayout<T>.size
      }
    }
    switch dtype {
    case .bool: each(UInt8.self) { $0 == 0 ? 0 : 1 }
    case .u8: each(UInt8.self) { Double($0) }
    case .i8: each(Int8.self) { Double($0) }
    case .u16: each(UInt16.self) { Double($0) }
    case .i16: each(Int16.self) { Double($0) }
    case .u32: each(UInt32.self) { Double($0) }
    case .i32: each(Int32.self) { Double($0) }
    case .u64: each(UInt64.self) { Double($0) }
    case .i64: each(Int64.self) { Double($0) }
    case .f16: each(UInt16.self, SmallFloat.half)
    case .bf16: each(UInt16.self, SmallFloat.brain)
    case .f32, .c64: each(UInt32.self) { Double(Float(bitPattern: $0)) }
    case .f64: each(UInt64.self) { Double(bitPattern: $0) }
    case .f8e4m3, .f8e5m2, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz:
      let values = SmallFloat.values(of: dtype)
      each(UInt8.self) { values[Int($0)] }
    case .f4, .f6e2m3, .f6e3m2: break
    }
  }

  /// Hands values that differ in at least one bit to `body`: both, and how far they are apart, which
  /// for 64-bit whole numbers is exact before it is rounded. For dtypes whose values can't be read,
  /// bytes that differ, with NaN for numbers.
  @inline(__always)
  static func forEachDifference(
    between a: UnsafeRawBufferPointer, and b: UnsafeRawBufferPointer, _ dtype: DType,
    _ body: (_ a: Double, _ b: Double, _ distance: Double) -> Void
  ) {
    @inline(__always)
    func each<T: FixedWidthInteger>(
      _ type: T.Type, _ value: (T) -> Double, distance: ((T, T) -> Double)? = nil
    ) {
      var offset = 0
      while offset + MemoryLayout<T>.size <= min(a.count, b.count) {
        let x = a.loadUnaligned(fromByteOffset: offset, as: T.self)
        let y = b.loadUnaligned(fromByteOffset: offset, as: T.self)
        if x != y {
          let (left, right) = (value(x), value(y))
          body(left, right, distance?(x, y) ?? abs(left - right))
        }
        offset += MemoryLayout<T>.size
      }
    }
    switch dtype {
    case .bool: each(UInt8.self, { $0 == 0 ? 0 : 1 })
    case .u8: each(UInt8.self, { Double($0) })
    case .i8: each(Int8.self, { Double($0) })
    case .u16: each(UInt16.self, { Double($0) })
    case .i16: each(Int16.self, { Double($0) })
    case .u32: each(UInt32.self, { Double($0) })
    case .i32: each(Int32.self, { Double($0) })
    case .u64: each(UInt64.self, { Double($0) }) { Double($0 > $1 ? $0 - $1 : $1 - $0) }
    case .i64:
      each(Int64.self, { Double($0) }) {
        Double(UInt64(bitPattern: $0 > $1 ? $0 &- $1 : $1 &- $0))
      }
    case .f16: each(UInt16.self, SmallFloat.half)
    case .bf16: each(UInt16.self, SmallFloat.brain)
    case .f32, .c64: each(UInt32.self, { Double(Float(bitPattern: $0)) })
    case .f64: each(UInt64.self, { Double(bitPattern: $0) })
    case .f8e4m3, .f8e5m2, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz:
      let values = SmallFloat.values(of: dtype)
      each(UInt8.self, { values[Int($0)] })
    case .f4, .f6e2m3, .f6e3m2: each(UInt8.self, { _ in .nan })
    }
  }
}
