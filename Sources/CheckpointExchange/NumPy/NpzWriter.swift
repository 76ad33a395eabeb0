internal import Checkpoint
internal import CheckpointIO

/// Writes `.npz` archives: the bytes that `numpy.savez` writes for the same arrays, and if there is more
/// than arrays, one array more with the notes.
enum NpzWriter {
  /// Writes `state` to `path`, durably or not at all.
  /// - Returns: the file's size in bytes; what NumPy won't see as it was, a line each, for people.
  /// - Throws: `CheckpointError`: `invalidArgument` for a name that can't be; what tensors throw;
  ///   `exists`, `noSpace`, `io`, `outcomeUnknown`.
  static func write(
    _ state: ExchangeState, to path: FilePath, replacing: Bool, in fileSystem: any FileSystem
  ) throws(CheckpointError) -> (sizeBytes: UInt64, losses: [String]) {
    let output = try ExchangeOutput(
      path, expectedSizeBytes: expectedSize(state.tensors), in: fileSystem)
    let zip = ZipWriter(output, sizes: .always64)
    var arrays = JSONObject()
    var foreign: [DType: Int] = [:]
    for tensor in state.tensors {
      let isPacked = tensor.dtype.bitsPerElement < 8
      let shape = isPacked ? [Int(tensor.sizeBytes)] : tensor.shape
      if !NpyType.isNative(tensor.dtype) {
        foreign[tensor.dtype, default: 0] += 1
        var note: JSONObject = ["dtype": .string(tensor.dtype.name)]
        if isPacked { note["shape"] = .array(tensor.shape.map { .int(Int64($0)) }) }
        arrays[tensor.name] = .object(note)
      }
      guard tensor.name != NpzReader.notesName, !tensor.name.isEmpty else {
        throw CheckpointError(
          .invalidArgument, "an array can't have this name", path: path, item: tensor.name,
          advice: "rename it")
      }
      let header = NpyHeader.bytes(type: NpyType.text(tensor.dtype), shape: shape)
      try zip.begin(
        tensor.name + NpzReader.suffix, sizeBytes: tensor.sizeBytes + UInt64(header.count))
      try zip.append(header)
      try zip.append(tensor)
      try zip.end()
    }
    if state.checkpoint != Checkpoint() || !arrays.members.isEmpty {
      let extra: JSONObject = arrays.members.isEmpty ? [:] : ["arrays": .object(arrays)]
      let text = Array(CheckpointNotes.json(state.checkpoint, extra: extra).text().utf8)
      try zip.add(
        NpzReader.notesName + NpzReader.suffix,
        NpyHeader.bytes(type: NpyType.text(.u8), shape: [text.count]) + text)
    }
    try zip.finish()
    try output.commit(replacing: replacing)
    let losses = foreign.sorted { $0.key.rawValue < $1.key.rawValue }.map { loss($0.key, $0.value) }
    return (output.position, losses)
  }

  private static func loss(_ dtype: DType, _ count: Int) -> String {
    let tensors = count == 1 ? "1 tensor" : "\(count) tensors"
    if dtype.bitsPerElement < 8 {
      return
        "\(dtype): NumPy has no such type; \(tensors) written as the bytes elements are packed in"
    }
    return "\(dtype): NumPy has no such type; \(tensors) written as raw bytes"
      + " (V\(dtype.bitsPerElement / 8)), to view as the type of ml_dtypes"
  }

  private static func expectedSize(_ tensors: [StreamedTensor]) -> UInt64? {
    var size: UInt64 = 0
    for tensor in tensors {
      let sum = size.addingReportingOverflow(tensor.sizeBytes)
      guard !sum.overflow, sum.partialValue < 1 << 62 else { return nil }
      size = sum.partialValue
    }
    return size
  }
}
