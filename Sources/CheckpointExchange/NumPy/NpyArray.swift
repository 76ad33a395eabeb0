internal import Checkpoint

/// An array of an npy file or member, whose header has been read and fits its data.
@safe
struct NpyArray {
  private let header: NpyHeader
  private let source: StridedElements.Source

  /// - Parameters:
  ///   - sizeBytes: of the whole file or member.
  ///   - source: fills a buffer with its bytes, from any thread.
  init(
    sizeBytes: UInt64, path: FilePath, source: @escaping StridedElements.Source
  ) throws(CheckpointError) {
    unsafe try self.init(sizeBytes: sizeBytes, path: path, header: source, source: source)
  }

  /// The same, with a source of its own for the header.
  init(
    sizeBytes: UInt64, path: FilePath, header: StridedElements.Source,
    source: @escaping StridedElements.Source
  ) throws(CheckpointError) {
    self.header = try NpyHeader(sizeBytes: sizeBytes, path: path) { count throws(CheckpointError) in
      var result: Result<Void, CheckpointError> = .success(())
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        result = Result { () throws(CheckpointError) in
          try unsafe header(UnsafeMutableRawBufferPointer(buffer), 0)
          initialized = count
        }
      }
      try result.get()
      return bytes
    }
    unsafe self.source = unsafe source
    var size = UInt64(self.header.type.elementBytes)
    for extent in self.header.shape {
      let product = size.multipliedReportingOverflow(by: UInt64(extent))
      guard !product.overflow else {
        throw CheckpointError(.corrupt, "no array can have the shape \(self.header.shape)")
      }
      size = product.partialValue
    }
    guard size == sizeBytes - UInt64(self.header.dataOffset) else {
      throw CheckpointError(
        .corrupt,
        "\(sizeBytes - UInt64(self.header.dataOffset)) bytes of data where the header speaks of \(size)"
      )
    }
  }

  /// The tensor.
  /// - Parameters:
  ///   - dtype: what bytes without a meaning are.
  ///   - shape: of elements smaller than a byte, which the array has as bytes.
  /// - Throws: `CheckpointError`: `unsupportedVersion` for bytes whose meaning nobody tells;
  ///   `mismatch`, `limitExceeded`.
  func tensor(
    name: String, dtype noted: DType?, shape notedShape: [Int]?
  ) throws(CheckpointError) -> StreamedTensor {
    let type = header.type
    guard let dtype = type.dtype ?? noted else {
      throw CheckpointError(
        .unsupportedVersion, "bytes without a meaning (V\(type.elementBytes))",
        advice: "save a view as uint\(8 * type.elementBytes) if the bits are meant")
    }
    guard dtype.bitsPerElement == 8 * type.elementBytes else {
      // Packed: as many bytes as the noted shape takes, in a row.
      guard let shape = notedShape, header.shape.count == 1, type.elementBytes == 1,
        let tensor = try? packed(name, dtype, shape), tensor.sizeBytes == UInt64(header.shape[0])
      else {
        throw CheckpointError(
          .mismatch, "elements of \(type.elementBytes) bytes, noted as \(dtype)")
      }
      return tensor
    }
    let offset = UInt64(header.dataOffset)
    let source = unsafe source
    guard header.isFortranOrder, header.shape.count > 1 else {
      return try unsafe StreamedTensor(name: name, dtype: dtype, shape: header.shape) {
        range, buffer throws(CheckpointError) in
        try unsafe ElementRange.read(range, elementBytes: type.elementBytes, into: buffer) {
          elements, buffer throws(CheckpointError) in
          try unsafe source(buffer, offset + UInt64(elements.lowerBound * type.elementBytes))
          if type.isBigEndian { unsafe ByteOrder.swap(buffer, scalarBytes: dtype.scalarBytes) }
        }
      }
    }
    let elements = try unsafe StridedElements(
      shape: header.shape, strides: StridedElements.columnMajor(header.shape),
      elementBytes: type.elementBytes
    ) { buffer, position throws(CheckpointError) in try unsafe source(buffer, offset + position) }
    return try elements.tensor(name: name, dtype: dtype, isBigEndian: type.isBigEndian)
  }

  private func packed(
    _ name: String, _ dtype: DType, _ shape: [Int]
  ) throws(CheckpointError) -> StreamedTensor {
    let offset = UInt64(header.dataOffset)
    let source = unsafe source
    return try unsafe StreamedTensor(name: name, dtype: dtype, shape: shape) {
      range, buffer throws(CheckpointError) in
      try unsafe source(buffer, offset + range.lowerBound)
    }
  }
}
