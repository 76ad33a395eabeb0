internal import Checkpoint

/// What a member of our own archives tells of them.
struct KerasNotes {
  /// A dataset and the tensor it was.
  private struct Entry {
    let dataset: String
    let name: String
    let dtype: String
    let shape: JSONValue
  }

  private let checkpoint: Checkpoint
  private let entries: [Entry]

  /// - Throws: `CheckpointError`: `corrupt` or `unsupportedVersion` for what are no notes.
  init?(_ text: [UInt8], of path: FilePath) throws(CheckpointError) {
    let json: JSONValue
    do throws(CheckpointError) {
      (checkpoint, json) = try CheckpointNotes.parse(text)
    } catch {
      var error = error
      error.path = path
      error.item = KerasArchive.notes
      throw error
    }
    var entries: [Entry] = []
    for entry in json["keras_tensors"]?.arrayValue ?? [] {
      guard let dataset = entry["dataset"]?.stringValue, let name = entry["name"]?.stringValue,
        let dtype = entry["dtype"]?.stringValue, let shape = entry["shape"]
      else { return nil }
      entries.append(Entry(dataset: dataset, name: name, dtype: dtype, shape: shape))
    }
    self.entries = entries
  }

  /// The state that was written; nil if the archive is no longer what the notes tell of: another
  /// model, other weights by name, dtype or shape.
  func state(
    _ hdf5: HDF5Reader, configText: [UInt8]
  ) throws(CheckpointError) -> ExchangeState? {
    guard let architecture = checkpoint.documents["architecture"],
      entries.count == hdf5.datasets.count, Set(entries.map(\.name)).count == entries.count
    else { return nil }
    var losses: [String] = []
    let config = KerasConfig.portable(
      architecture, compileConfig: KerasArchive.compileConfig(checkpoint), losses: &losses)
    guard config.text().utf8.elementsEqual(configText) else { return nil }
    var datasets: [String: HDF5Dataset] = [:]
    for dataset in hdf5.datasets { datasets[dataset.name] = dataset }
    var tensors: [StreamedTensor] = []
    for entry in entries {
      guard let dataset = datasets.removeValue(forKey: entry.dataset),
        dataset.dtype.name == entry.dtype,
        entry.shape == .array(dataset.shape.map { .int(Int64($0)) })
      else { return nil }
      tensors.append(try hdf5.tensor(dataset, name: entry.name))
    }
    return ExchangeState(checkpoint: checkpoint, tensors: tensors)
  }
}
