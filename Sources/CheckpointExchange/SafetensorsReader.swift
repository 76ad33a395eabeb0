internal import Checkpoint
internal import CheckpointIO
internal import SystemPackage

/// Reads files of safetensors, as strictly as its library.
enum SafetensorsReader {
  /// The document that holds the metadata of files that others wrote.
  static let metadataDocument = "safetensors-metadata"

  /// Opens a file: the header is read, the tensors when they are asked for, in the order of their data.
  /// What `SafetensorsWriter` wrote into the metadata is restored; other metadata becomes the document
  /// `safetensors-metadata`.
  /// - Throws: `CheckpointError`: `notFound`, `truncated`, `corrupt`, `io`.
  static func read(
    _ path: FilePath, in fileSystem: any FileSystem
  ) throws(CheckpointError) -> ExchangeState {
    let file = try ForeignFile(path, in: fileSystem)
    let header = try SafetensorsHeader(of: file)
    var state = ExchangeState()
    if let metadata = header.metadata {
      state.checkpoint = try CheckpointMetadata.checkpoint(from: metadata, path)
    }
    state.tensors.reserveCapacity(header.entries.count)
    for entry in header.entriesByOffset {
      let start = header.dataOffset + entry.range.lowerBound
      state.tensors.append(
        try unsafe StreamedTensor(name: entry.name, dtype: entry.dtype, shape: entry.shape) {
          (range, buffer) throws(CheckpointError) in
          try unsafe file.read(into: buffer, at: start + range.lowerBound)
        })
    }
    return state
  }
}
