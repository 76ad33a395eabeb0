/// Where a tensor's bytes are: an array somebody gave us, which is never copied.
protocol TensorStorage: Sendable {
  var byteCount: Int { get }

  func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R
}

/// A Swift array. Arrays are values: holding one is a snapshot of it.
struct ArrayStorage<Element: BitwiseCopyable & Sendable>: TensorStorage {
  let elements: [Element]

  var byteCount: Int { elements.count * MemoryLayout<Element>.stride }

  func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    // The array's own method rethrows untyped.
    let result: Result<R, E> = elements.withUnsafeBytes { bytes in
      Result { () throws(E) in try body(bytes) }
    }
    return try result.get()
  }
}
