internal import Checkpoint

/// A tensor of a state dict, whose place in its storage has been checked.
struct TorchView {
  private let view: TorchTensor
  private let name: String
  private let elementBytes: Int
  private let storage: ZipMemberReader

  /// - Parameter member: the storage.
  /// - Throws: `CheckpointError`: `corrupt` if the storage isn't as large as the pickle says, or the
  ///   view reaches beyond it; `unsupportedVersion` for views that show elements several times.
  init(
    _ view: TorchTensor, name: String, in member: ZipMember, of file: ForeignFile
  ) throws(CheckpointError) {
    self.view = view
    self.name = name
    elementBytes = view.dtype.bitsPerElement / 8
    storage = ZipMemberReader(member, in: file)
    let storageElementBytes = view.storage.dtype == nil ? 1 : elementBytes
    let size = UInt64(view.storage.count).multipliedReportingOverflow(
      by: UInt64(storageElementBytes))
    guard !size.overflow, size.partialValue == member.sizeBytes else {
      throw CheckpointError(
        .corrupt,
        "the storage has \(member.sizeBytes) bytes, and not \(view.storage.count) elements")
    }
    var count: UInt64 = 1
    for extent in view.shape {
      let product = count.multipliedReportingOverflow(by: UInt64(extent))
      guard !product.overflow else { throw CheckpointError(.corrupt, "an impossible shape") }
      count = product.partialValue
    }
    let available = member.sizeBytes / UInt64(elementBytes)
    let span = try StridedElements.span(shape: view.shape, strides: view.strides)
    guard count == 0 || UInt64(view.offset) <= available,
      count == 0 || UInt64(span) <= available - UInt64(view.offset)
    else { throw CheckpointError(.corrupt, "the tensor reaches beyond its storage") }
    guard count <= UInt64(span) else {
      throw CheckpointError(
        .unsupportedVersion, "a view that shows elements several times",
        advice: "save the tensor contiguous: tensor.contiguous()")
    }
  }

  /// The tensor.
  /// - Parameter note: type and shape, of what PyTorch has as bytes.
  func tensor(
    isBigEndian: Bool, note: JSONValue?
  ) throws(CheckpointError) -> StreamedTensor {
    let elementBytes = elementBytes
    let storage = storage
    // An empty view may be anywhere, and is never read.
    let start = UInt64(view.offset).multipliedReportingOverflow(by: UInt64(elementBytes))
      .partialValue
    guard isContiguous else {
      let elements = try unsafe StridedElements(
        shape: view.shape, strides: view.strides, elementBytes: elementBytes
      ) { buffer, offset throws(CheckpointError) in
        try unsafe storage.read(into: buffer, at: start + offset)
      }
      return try elements.tensor(name: name, dtype: view.dtype, isBigEndian: isBigEndian)
    }
    let (dtype, shape) = try packed(note) ?? (view.dtype, view.shape)
    return try unsafe StreamedTensor(name: name, dtype: dtype, shape: shape) {
      range, buffer throws(CheckpointError) in
      try unsafe ElementRange.read(range, elementBytes: elementBytes, into: buffer) {
        elements, buffer throws(CheckpointError) in
        try unsafe storage.read(
          into: buffer, at: start + UInt64(elements.lowerBound * elementBytes))
        if isBigEndian { unsafe ByteOrder.swap(buffer, scalarBytes: dtype.scalarBytes) }
      }
    }
  }

  /// Whether elements follow one another; the strides of what has one element at most don't matter.
  private var isContiguous: Bool {
    let expected = StridedElements.rowMajor(view.shape)
    return view.shape.contains(0)
      || view.shape.indices.allSatisfy { view.shape[$0] == 1 || view.strides[$0] == expected[$0] }
  }

  private func packed(_ note: JSONValue?) throws(CheckpointError) -> (DType, [Int])? {
    guard view.dtype == .u8, view.shape.count == 1,
      let dtype = note?["dtype"]?.stringValue.flatMap({ DType(name: $0) }),
      let shape = note?["shape"]?.arrayValue?.compactMap({
        $0.intValue.flatMap { Int(exactly: $0) }
      })
    else { return nil }
    let declaration = try unsafe StreamedTensor(name: name, dtype: dtype, shape: shape) { _, _ in }
    guard declaration.sizeBytes == UInt64(view.shape[0]) else { return nil }
    return (dtype, shape)
  }
}
