internal import Checkpoint

/// A tensor of floating point on its way to another dtype, rounded as it is read.
struct FloatCast: Sendable {
  /// What can be cast.
  static let sources: [DType] = [.f64, .f32, .f16, .bf16]
  /// Elements that are converted at a time: whole chunks of the source, which are read once.
  private static let blockElements: UInt64 = 1 << 22

  private let source: StreamedTensor
  private let dtype: DType
  private let tally: CastTally

  init(_ source: StreamedTensor, to dtype: DType, _ tally: CastTally) {
    self.source = source
    self.dtype = dtype
    self.tally = tally
  }

  /// The tensor as it comes out. Reading takes, beyond the buffer, up to 40 MiB.
  func tensor() throws(CheckpointError) -> StreamedTensor {
    try unsafe StreamedTensor(name: source.name, dtype: dtype, shape: source.shape) {
      (range, buffer) throws(CheckpointError) in
      try unsafe read(range, into: buffer)
    }
  }

  private func read(
    _ range: Range<UInt64>, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    let size = UInt64(dtype.scalarBytes)
    var start = range.lowerBound
    while start < range.upperBound {
      let first = start / size
      let last = min(
        (range.upperBound + size - 1) / size,
        (first / FloatCast.blockElements + 1) * FloatCast.blockElements)
      let end = min(last * size, range.upperBound)
      let target = unsafe UnsafeMutableRawBufferPointer(
        rebasing: buffer[Int(start - range.lowerBound)..<Int(end - range.lowerBound)])
      if start.isMultiple(of: size), end.isMultiple(of: size) {
        try unsafe convert(first..<last, into: target)
      } else {
        // Parts of elements: nobody should ask for these, and everybody may.
        let whole = UnsafeMutableRawBufferPointer.allocate(
          byteCount: Int((last - first) * size), alignment: 16)
        defer { unsafe whole.deallocate() }
        try unsafe convert(first..<last, into: whole)
        let part = Int(start - first * size)..<Int(end - first * size)
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: whole[part]))
      }
      start = end
    }
  }

  /// Converts elements.
  private func convert(
    _ elements: Range<UInt64>, into target: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    let size = UInt64(source.dtype.scalarBytes)
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Int(UInt64(elements.count) * size), alignment: 16)
    defer { unsafe bytes.deallocate() }
    try unsafe source.read(elements.lowerBound * size..<elements.upperBound * size, into: bytes)
    let values = UnsafeRawBufferPointer(bytes)
    var overflows = 0
    switch source.dtype {
    case .f64: unsafe write(values, target, &overflows) { Double(bitPattern: $0) }
    case .f32: unsafe write(values, target, &overflows) { Double(Float(bitPattern: $0)) }
    case .f16: unsafe write(values, target, &overflows) { BinaryFloat.half.value(of: $0) }
    default: unsafe write(values, target, &overflows) { BinaryFloat.brain.value(of: $0) }
    }
    tally.add(overflows: overflows)
  }

  @inline(__always)
  private func write<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ values: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer,
    _ overflows: inout Int, _ value: (Bits) -> Double
  ) {
    @inline(__always)
    func each<Result: FixedWidthInteger & BitwiseCopyable>(
      _ convert: (Double, inout Int) -> Result
    ) {
      var offset = 0
      for index in 0..<values.count / MemoryLayout<Bits>.size {
        let bits = unsafe values.loadUnaligned(
          fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
        let result = convert(value(Bits(littleEndian: bits)), &overflows)
        unsafe target.storeBytes(of: result.littleEndian, toByteOffset: offset, as: Result.self)
        offset += MemoryLayout<Result>.size
      }
    }
    switch dtype {
    case .f16: each { BinaryFloat.half.bits(of: $0, overflows: &$1) }
    case .bf16: each { BinaryFloat.brain.bits(of: $0, overflows: &$1) }
    default:
      each { value, overflows in
        let result = Float(value)
        if result.isInfinite, value.isFinite { overflows += 1 }
        return result.bitPattern
      }
    }
  }
}
