internal import Checkpoint
internal import CheckpointIO

/// Writes state dicts that `torch.load(weights_only=True)` reads, as archives of PyTorch 1.6 and
/// later; types that came later need that version. The same state gives the same bytes.
enum TorchWriter {
  /// PyTorch names it after the file; this doesn't depend on where the file is.
  private static let root = "archive/"

  /// As PyTorch does, so that storages can be mapped.
  private static let alignment = 64

  /// Writes `state` to `path`, durably or not at all: the tensors as a flat dictionary, and all else in a
  /// member that PyTorch passes over.
  /// - Returns: the file's size in bytes; what PyTorch won't see as it was, a line each, for people.
  /// - Throws: `CheckpointError`: `invalidArgument` for a name that is there twice; what tensors throw;
  ///   `exists`, `noSpace`, `io`, `outcomeUnknown`.
  static func write(
    _ state: ExchangeState, to path: FilePath, replacing: Bool, in fileSystem: any FileSystem
  ) throws(CheckpointError) -> (sizeBytes: UInt64, losses: [String]) {
    let output = try ExchangeOutput(path, in: fileSystem)
    let zip = ZipWriter(output)
    var losses: [String] = []
    var arrays = JSONObject()
    // By bytes: Swift's strings are equal if they are the same to readers.
    var names: Set<[UInt8]> = []
    for tensor in state.tensors {
      guard names.insert(Array(tensor.name.utf8)).inserted else {
        throw CheckpointError(
          .invalidArgument, "the name is there twice", path: path, item: tensor.name)
      }
      guard tensor.dtype.bitsPerElement < 8 else { continue }
      let shape = tensor.shape.map { JSONValue.int(Int64($0)) }
      arrays[tensor.name] = ["dtype": .string(tensor.dtype.name), "shape": .array(shape)]
      losses.append(
        "\(tensor.name): \(tensor.dtype) is written as the bytes its elements are packed in")
    }
    try zip.add(root + "data.pkl", pickle(state.tensors), alignment: alignment)
    try zip.add(root + "byteorder", Array("little".utf8), alignment: alignment)
    for (number, tensor) in state.tensors.enumerated() {
      try zip.begin(
        "\(root)data/\(number)", sizeBytes: tensor.sizeBytes, alignment: alignment)
      try zip.append(tensor)
      try zip.end()
    }
    try zip.add(root + "version", Array("3\n".utf8), alignment: alignment)
    if state.checkpoint != Checkpoint() || !arrays.members.isEmpty {
      let extra: JSONObject = arrays.members.isEmpty ? [:] : ["arrays": .object(arrays)]
      try zip.add(
        root + TorchReader.notesName,
        Array(CheckpointNotes.json(state.checkpoint, extra: extra).text().utf8))
    }
    try zip.finish()
    try output.commit(replacing: replacing)
    return (output.position, losses)
  }

  private static func pickle(_ tensors: [StreamedTensor]) -> [UInt8] {
    var pickle = PickleWriter()
    pickle.emptyOrderedDictionary()
    pickle.operation("(")
    for (number, tensor) in tensors.enumerated() {
      let isPacked = tensor.dtype.bitsPerElement < 8
      let dtype = isPacked ? .u8 : tensor.dtype
      let shape = isPacked ? [Int(tensor.sizeBytes)] : tensor.shape
      let name = TorchType.name(dtype)
      pickle.text(tensor.name)
      pickle.global("torch._utils", name == nil ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3")
      pickle.operation("(")
      pickle.operation("(")
      pickle.text("storage")
      if let storageClass = TorchType.storageClass(dtype) {
        pickle.global("torch", storageClass)
        pickle.text("\(number)")
        pickle.text("cpu")
        pickle.number(tensor.sizeBytes / UInt64(dtype.bitsPerElement / 8))
      } else {
        pickle.global("torch.storage", "UntypedStorage")
        pickle.text("\(number)")
        pickle.text("cpu")
        pickle.number(tensor.sizeBytes)
      }
      pickle.operation("t")
      pickle.operation("Q")
      pickle.number(0)
      pickle.tuple(shape)
      pickle.tuple(StridedElements.rowMajor(shape))
      pickle.bool(false)
      pickle.emptyOrderedDictionary()
      if let name { pickle.global("torch", name) }
      pickle.operation("t")
      pickle.operation("R")
    }
    pickle.operation("u")
    return pickle.finish()
  }
}
