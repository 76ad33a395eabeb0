internal import CCheckpointShims
internal import CheckpointFormat

/// Memory for tensors that are read: arrays of the Swift type that goes with the dtype, so that
/// `Tensor.elements(as:)` hands out the very array.
enum TensorMemory {
  /// An array of `byteCount` bytes, filled by `fill`; nothing is zeroed first.
  static func storage(
    dtype: DType, byteCount: Int,
    fill: (UnsafeMutableRawBufferPointer) throws(CheckpointError) -> Void
  ) throws(CheckpointError) -> any TensorStorage {
    switch dtype {
    case .i8: return try array(Int8.self, byteCount, fill)
    case .u16: return try array(UInt16.self, byteCount, fill)
    case .i16: return try array(Int16.self, byteCount, fill)
    case .u32: return try array(UInt32.self, byteCount, fill)
    case .i32: return try array(Int32.self, byteCount, fill)
    case .u64: return try array(UInt64.self, byteCount, fill)
    case .i64: return try array(Int64.self, byteCount, fill)
    case .bf16: return try array(BFloat16.self, byteCount, fill)
    case .f32: return try array(Float.self, byteCount, fill)
    case .f64: return try array(Double.self, byteCount, fill)
    case .c64: return try array(Complex64.self, byteCount, fill)
    case .f16:
      #if os(macOS) && arch(x86_64)
        return try array(UInt8.self, byteCount, fill)
      #else
        return try array(Float16.self, byteCount, fill)
      #endif
    // Bytes, for bool too: a byte that is neither 0 nor 1 must not become a Bool.
    default: return try array(UInt8.self, byteCount, fill)
    }
  }

  /// As many arrays, all filled at once by `fill`.
  static func storages(
    _ kinds: [(dtype: DType, byteCount: Int)],
    fill: ([UnsafeMutableRawBufferPointer]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) -> [any TensorStorage] {
    var storages: [any TensorStorage] = []
    try collect(kinds[...], [], &storages, fill)
    return storages.reversed()
  }

  /// Holds one array's memory after the other, by recursion, until all are there. The last one is done first.
  private static func collect(
    _ kinds: ArraySlice<(dtype: DType, byteCount: Int)>, _ buffers: [UnsafeMutableRawBufferPointer],
    _ storages: inout [any TensorStorage],
    _ fill: ([UnsafeMutableRawBufferPointer]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    guard let first = kinds.first else { return try fill(buffers) }
    let own = try storage(dtype: first.dtype, byteCount: first.byteCount) {
      (buffer) throws(CheckpointError) in
      try collect(kinds.dropFirst(), buffers + [buffer], &storages, fill)
    }
    storages.append(own)
  }

  private static func array<T: BitwiseCopyable & Sendable>(
    _ type: T.Type, _ byteCount: Int,
    _ fill: (UnsafeMutableRawBufferPointer) throws(CheckpointError) -> Void
  ) throws(CheckpointError) -> any TensorStorage {
    let count = byteCount / MemoryLayout<T>.stride
    var failure: CheckpointError?
    let elements = [T](unsafeUninitializedCapacity: count) { buffer, initialized in
      ckpt_memory_prefer_large_pages(buffer.baseAddress, byteCount)
      do throws(CheckpointError) {
        try fill(
          UnsafeMutableRawBufferPointer(
            start: buffer.baseAddress, count: count * MemoryLayout<T>.stride))
        initialized = count
      } catch {
        failure = error
        initialized = 0
      }
    }
    if let failure { throw failure }
    return ArrayStorage(elements: elements)
  }
}
