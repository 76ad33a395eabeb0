internal import Checkpoint
internal import CheckpointIO
internal import SystemPackage

/// Writes files of safetensors as its library does: tensors by dtype, largest alignment first, then by
/// name; the header padded with spaces so that the data starts at a multiple of 8. Metadata is sorted
/// too: the same state gives the same bytes.
enum SafetensorsWriter {
  /// Writes a state, whole and durable or not at all. Steps, metrics, tags, documents, blobs and which
  /// tensors are the same go into the metadata.
  /// - Parameter replacing: whether a file of that name is replaced; otherwise it is an error.
  /// - Returns: the file's size in bytes.
  /// - Throws: `CheckpointError`: `limitExceeded` if the header gets too long; `invalidArgument` for a
  ///   tensor of a name that the format keeps for itself or that appears twice; `exists`, `noSpace`,
  ///   `io`; what the tensors' sources throw.
  @discardableResult
  static func write(
    _ state: ExchangeState, to path: FilePath, replacing: Bool, in fileSystem: any FileSystem
  ) throws(CheckpointError) -> UInt64 {
    let tensors = state.tensors.sorted {
      $0.dtype == $1.dtype
        ? $0.name.precedesByBytes($1.name)
        : $0.dtype.safetensorsPlace > $1.dtype.safetensorsPlace
    }
    var end: UInt64 = 0
    let header = try header(state.checkpoint, tensors, path, end: &end)
    let output = try ExchangeOutput(
      path, expectedSizeBytes: UInt64(header.count) + end, in: fileSystem)
    try output.append(header)
    for tensor in tensors { try unsafe output.append(tensor) }
    try output.commit(replacing: replacing)
    return UInt64(header.count) + end
  }

  /// The header with the length before it.
  /// - Parameter end: is set to how many bytes of data there will be.
  private static func header(
    _ checkpoint: Checkpoint, _ tensors: [StreamedTensor], _ path: FilePath, end: inout UInt64
  ) throws(CheckpointError) -> [UInt8] {
    var text = [UInt8](repeating: 0, count: 8)
    var separator = "{"
    func append(_ name: String, _ value: String) {
      text.append(contentsOf: separator.utf8)
      text.append(contentsOf: JSONValue.string(name).text().utf8)
      text.append(UInt8(ascii: ":"))
      text.append(contentsOf: value.utf8)
      separator = ","
    }
    let metadata = CheckpointMetadata.strings(of: checkpoint)
    if metadata.count > 0 {
      append(SafetensorsHeader.metadataKey, JSONValue.object(metadata).text())
    }
    var names: Set<[UInt8]> = []
    for tensor in tensors {
      guard names.insert(Array(tensor.name.utf8)).inserted else {
        throw CheckpointError(
          .invalidArgument, "two tensors would have this name", path: path, item: tensor.name)
      }
      guard !tensor.name.utf8.elementsEqual(SafetensorsHeader.metadataKey.utf8) else {
        throw CheckpointError(
          .invalidArgument, "safetensors keeps this name for itself", path: path,
          item: tensor.name, advice: "rename the tensor")
      }
      let (next, overflow) = end.addingReportingOverflow(tensor.sizeBytes)
      guard !overflow, next <= UInt64(Int64.max) else {
        throw CheckpointError(
          .limitExceeded, "the tensors' sizes add up beyond any file", path: path)
      }
      let shape = tensor.shape.map { "\($0)" }.joined(separator: ",")
      append(
        tensor.name,
        "{\"dtype\":\"\(tensor.dtype.safetensorsName)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(end),\(next)]}")
      end = next
    }
    text.append(contentsOf: (separator == "{" ? "{}" : "}").utf8)
    while !text.count.isMultiple(of: 8) { text.append(UInt8(ascii: " ")) }
    guard text.count - 8 <= SafetensorsHeader.limitBytes else {
      throw CheckpointError(
        .limitExceeded,
        "the header has \(text.count - 8) bytes; safetensors allows \(SafetensorsHeader.limitBytes)",
        path: path, advice: "leave documents and blobs out: weights only")
    }
    for index in 0..<8 { text[index] = UInt8(truncatingIfNeeded: (text.count - 8) >> (8 * index)) }
    return text
  }
}
