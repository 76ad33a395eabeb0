internal import Checkpoint
internal import CheckpointIO

/// Reads a `.keras` archive, Keras' or our own, as a checkpoint from which the trainer rebuilds the
/// model: `model/<layer>/kernel`, the optimizer's state, the documents `architecture` and `training`.
/// Layers that aren't known keep the names of the archive: `layers/lstm/lstm_cell/vars/0`.
enum KerasArchiveReader {
  /// Reads the archive at `path`.
  /// - Throws: `CheckpointError`: `corrupt`, `truncated`, `checksumMismatch` for damage, of which there
  ///   is none in what is returned; `unsupportedVersion`, `limitExceeded`; `notFound`, `io`.
  static func read(
    _ path: FilePath, in fileSystem: any FileSystem
  ) throws(CheckpointError) -> ExchangeState {
    let file = try ForeignFile(path, in: fileSystem)
    let zip = try ZipReader(file)
    guard let configMember = zip.member(KerasArchive.config) else {
      throw CheckpointError(
        .corrupt, "this is no .keras archive: a member is missing", path: file.path,
        item: KerasArchive.config)
    }
    let configText = try zip.text(of: configMember, limit: KerasArchive.configLimit)
    let config: JSONValue
    do throws(JSONError) {
      config = try JSONValue.parse(utf8: configText)
    } catch {
      throw CheckpointError(
        .corrupt, "this is no JSON: \(error.message)", path: file.path, item: KerasArchive.config)
    }
    let hdf5 = try weights(zip)
    var losses: [String] = []
    if let member = zip.member(KerasArchive.notes) {
      let text = try zip.text(of: member, limit: KerasArchive.notesLimit)
      if let state = try KerasNotes(text, of: file.path)?.state(hdf5, configText: configText) {
        return state
      }
      losses.append(
        "\(KerasArchive.notes) is passed over: the model is no longer the one it tells of")
    }
    return try KerasImport(config, hdf5, of: path, losses: losses).state()
  }

  /// The weights, every byte checked.
  private static func weights(_ zip: ZipReader) throws(CheckpointError) -> HDF5Reader {
    guard let member = zip.member(KerasArchive.weights) else {
      let other = zip.members.first { $0.name.hasPrefix("model.weights") }
      throw CheckpointError(
        other == nil ? .corrupt : .unsupportedVersion,
        other.map { "the weights are in \($0.name)" } ?? "the archive has no weights",
        path: zip.file.path, item: KerasArchive.weights,
        advice: "only archives with \(KerasArchive.weights) are read")
    }
    let source: ForeignBytes
    switch member.method {
    case .stored:
      try zip.verify(member)
      let reader = ZipMemberReader(member, in: zip.file)
      source = unsafe ForeignBytes(path: zip.file.path, sizeBytes: member.sizeBytes) {
        buffer, offset throws(CheckpointError) in
        try unsafe reader.read(into: buffer, at: offset)
      }
    case .deflated:
      // Its parts are read in any order.
      source = ForeignBytes(
        try zip.bytes(of: member, limit: KerasArchive.deflatedLimit), path: zip.file.path)
    }
    do throws(CheckpointError) {
      return try HDF5Reader(source)
    } catch {
      var error = error
      error.item = error.item ?? KerasArchive.weights
      throw error
    }
  }
}
