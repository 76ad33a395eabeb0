internal import Checkpoint

extension StridedElements {
  /// The elements in order, as a tensor.
  /// - Throws: as `StreamedTensor.init`.
  func tensor(
    name: String, dtype: DType, isBigEndian: Bool
  ) throws(CheckpointError) -> StreamedTensor {
    try unsafe StreamedTensor(name: name, dtype: dtype, shape: shape) {
      range, buffer throws(CheckpointError) in
      try unsafe ElementRange.read(range, elementBytes: self.elementBytes, into: buffer) {
        elements, buffer throws(CheckpointError) in
        try unsafe self.read(elements, into: buffer)
        if isBigEndian { unsafe ByteOrder.swap(buffer, scalarBytes: dtype.scalarBytes) }
      }
    }
  }

  /// Copies elements `range` of a slab, counted row by row, from where its strides say they are.
  func gather(
    _ range: Range<Int>, strides: [Int], from source: UnsafeRawBufferPointer,
    into buffer: UnsafeMutableRawBufferPointer
  ) {
    switch elementBytes {
    case 1: unsafe gather(UInt8.self, range, strides, from: source, into: buffer)
    case 2: unsafe gather(UInt16.self, range, strides, from: source, into: buffer)
    case 4: unsafe gather(UInt32.self, range, strides, from: source, into: buffer)
    case 8: unsafe gather(UInt64.self, range, strides, from: source, into: buffer)
    default: preconditionFailure("no element has \(elementBytes) bytes")
    }
  }

  private func gather<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type, _ range: Range<Int>, _ strides: [Int], from source: UnsafeRawBufferPointer,
    into buffer: UnsafeMutableRawBufferPointer
  ) {
    // The indices of the first element, and its place in the source.
    var indices = shape
    var rest = range.lowerBound
    var place = 0
    for axis in shape.indices.reversed() {
      indices[axis] = rest % shape[axis]
      rest /= shape[axis]
      place += indices[axis] * strides[axis]
    }
    let width = MemoryLayout<T>.size
    let inner = shape.last ?? 1
    let step = strides.last ?? 1
    var done = 0
    while done < range.count {
      // Along the last dimension without a look at the others.
      let count = min(inner - (indices.last ?? 0), range.count - done)
      for index in 0..<count {
        let value = unsafe source.loadUnaligned(
          fromByteOffset: (place + index * step) * width, as: T.self)
        unsafe buffer.storeBytes(of: value, toByteOffset: (done + index) * width, as: T.self)
      }
      done += count
      guard done < range.count else { return }
      var axis = shape.count - 1
      place -= indices[axis] * step
      indices[axis] = 0
      repeat {
        axis -= 1
        indices[axis] += 1
        place += strides[axis]
        guard indices[axis] == shape[axis] else { break }
        place -= indices[axis] * strides[axis]
        indices[axis] = 0
      } while true
    }
  }
}
