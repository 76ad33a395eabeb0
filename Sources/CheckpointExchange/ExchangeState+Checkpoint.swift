internal import Checkpoint
internal import CheckpointIO

extension ExchangeState {
  /// All that is in a checkpoint file. Tensors are read, verified, when they are asked for.
  /// - Throws: `CheckpointError`: `corrupt` for a document that is no JSON; `limitExceeded` if two names
  ///   differ only in how they write the same characters, which a dictionary can't hold.
  init(of reader: CheckpointReader) throws(CheckpointError) {
    self.init(checkpoint: Checkpoint(reader.summary))
    let (documentNames, blobNames) = (reader.documentNames, reader.blobNames)
    for name in documentNames { checkpoint.documents[name] = try reader.document(name) }
    for name in blobNames { checkpoint.blobs[name] = try reader.blob(name) }
    var aliasCount = 0
    tensors.reserveCapacity(reader.tensorCount)
    for position in 0..<reader.tensorCount {
      let info = reader.info(at: position)
      if let target = info.aliasOf {
        checkpoint.aliases[info.name] = target
        aliasCount += 1
      }
      tensors.append(
        try unsafe StreamedTensor(name: info.name, dtype: info.dtype, shape: info.shape) {
          [name = info.name] (range, buffer) throws(CheckpointError) in
          try unsafe reader.readBytes(name, range, into: buffer)
        })
    }
    guard checkpoint.documents.count == documentNames.count,
      checkpoint.blobs.count == blobNames.count, checkpoint.aliases.count == aliasCount
    else {
      throw CheckpointError(
        .limitExceeded, "two names differ only in their Unicode form", path: reader.path)
    }
  }

  /// Bytes of all tensors.
  var tensorBytes: UInt64 { tensors.reduce(0) { $0 &+ $1.sizeBytes } }

  /// The same state, of which `progress` is told while it is read.
  func reporting(
    to progress: @escaping @Sendable (_ done: UInt64, _ total: UInt64) -> Void
  ) throws(CheckpointError) -> ExchangeState {
    var state = self
    let total = tensorBytes
    let done = ByteCount()
    for index in state.tensors.indices {
      let tensor = state.tensors[index]
      state.tensors[index] = try unsafe StreamedTensor(
        name: tensor.name, dtype: tensor.dtype, shape: tensor.shape
      ) { (range, buffer) throws(CheckpointError) in
        try unsafe tensor.read(range, into: buffer)
        progress(done.adding(UInt64(buffer.count)), total)
      }
    }
    return state
  }
}
