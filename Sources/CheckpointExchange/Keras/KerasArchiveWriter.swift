internal import Checkpoint
internal import CheckpointIO

/// Writes a checkpoint as a `.keras` archive, which Keras 3.0 to 3.15 load with
/// `keras.saving.load_model`: architecture, weights, optimizer, loss and metrics. All else goes along
/// in a member that only `KerasArchiveReader` reads. The same checkpoint gives the same bytes.
struct KerasArchiveWriter {
  private let state: ExchangeState
  private let config: JSONValue
  private var groups: [[String]]
  private var datasets: [(path: String, tensor: StreamedTensor)] = []
  /// What Keras won't know of it, a line each.
  private(set) var losses: [String]

  /// Finds a place for everything.
  /// - Throws: `CheckpointError`: `notFound` if the checkpoint has no architecture; `mismatch` if a
  ///   weight that it asks for is missing; `invalidArgument` for a dtype that HDF5 doesn't have.
  init(_ state: ExchangeState) throws(CheckpointError) {
    self.state = state
    losses = []
    let checkpoint = state.checkpoint
    let compileConfig = KerasArchive.compileConfig(checkpoint)
    guard let architecture = checkpoint.documents["architecture"],
      let model = KerasModel(architecture, compileConfig: compileConfig)
    else {
      throw CheckpointError(
        .notFound, "there is no document \"architecture\" with a model's layers in Keras' form",
        item: "architecture", advice: "write weights alone: --to safetensors or --to npz")
    }
    config = KerasConfig.portable(architecture, compileConfig: compileConfig, losses: &losses)
    groups = model.groups
    try place(model)
  }

  /// Writes `state` to `path`, durably or not at all.
  /// - Returns: the file's size in bytes; what Keras won't know of it, a line each, for people.
  /// - Throws: `CheckpointError`: as `init`; what tensors throw; `exists`, `noSpace`, `io`,
  ///   `outcomeUnknown`.
  static func write(
    _ state: ExchangeState, to path: FilePath, replacing: Bool, in fileSystem: any FileSystem
  ) throws(CheckpointError) -> (sizeBytes: UInt64, losses: [String]) {
    let writer = try KerasArchiveWriter(state)
    let plan = try writer.plan()
    let output = try ExchangeOutput(path, expectedSizeBytes: plan.sizeBytes, in: fileSystem)
    try writer.write(plan, to: output)
    try output.commit(replacing: replacing)
    return (output.position, writer.losses)
  }

  private func plan() throws(CheckpointError) -> HDF5Plan {
    try HDF5Plan(
      datasets.map { path, tensor in
        HDF5Plan.Dataset(
          path: path.split(separator: "/", omittingEmptySubsequences: false).map(String.init),
          dtype: tensor.dtype, shape: tensor.shape, sizeBytes: tensor.sizeBytes)
      }, emptyGroups: groups)
  }

  private func write(_ plan: HDF5Plan, to output: ExchangeOutput) throws(CheckpointError) {
    let zip = ZipWriter(output)
    let metadata: JSONValue = [
      "keras_version": .string(KerasArchive.kerasVersion), "date_saved": "1980-01-01@00:00:00",
    ]
    try zip.add(KerasArchive.metadata, Array(metadata.text().utf8))
    try zip.add(KerasArchive.config, Array(config.text().utf8))
    try zip.add(KerasArchive.notes, Array(notes.text().utf8))
    try zip.begin(KerasArchive.weights, sizeBytes: plan.sizeBytes, alignment: 64)
    try zip.append(plan.header)
    var position = UInt64(plan.header.count)
    for ((_, tensor), offset) in Swift.zip(datasets, plan.offsets) {
      try zip.append([UInt8](repeating: 0, count: Int(offset - position)))
      try zip.append(tensor)
      position = offset + tensor.sizeBytes
    }
    try zip.end()
    try zip.finish()
  }

  /// Gives each tensor its dataset: by Keras' order, by the name it has from Keras, or apart.
  private mutating func place(_ model: KerasModel) throws(CheckpointError) {
    let names = Set(state.tensors.map(\.name))
    var paths: [String: String] = [:]
    for weight in model.weights {
      guard names.contains(weight.tensor) else {
        throw CheckpointError(
          .mismatch, "the architecture asks for a weight that is not there", item: weight.tensor)
      }
      paths[weight.tensor] = weight.dataset
    }
    let other = Set(names.filter { $0.hasPrefix("model/") && paths[$0] == nil })
    for layer in model.layers where layer.variables == nil && !other.isEmpty {
      if let name = other.first(where: { $0.hasPrefix("model/\(layer.name)/") }) {
        throw CheckpointError(
          .invalidArgument, "the order of variables in a \(layer.className) isn't known",
          item: name, advice: "write weights alone: --to safetensors or --to npz")
      }
    }
    if let optimizer = model.optimizer, names.contains("optimizer/iteration") {
      if let missing = optimizer.first(where: { !names.contains($0.tensor) }) {
        losses.append("Keras gets no optimizer state: \(missing.tensor) is not there")
      } else {
        for variable in optimizer { paths[variable.tensor] = variable.dataset }
        groups.append(["optimizer", "vars"])
      }
    }
    var others: [String] = []
    for (number, tensor) in state.tensors.enumerated() {
      if let path = paths[tensor.name] ?? Self.kerasPath(tensor.name) {
        datasets.append((path, tensor))
      } else if HDF5Datatype.bytes(of: tensor.dtype) == nil {
        losses.append("\(tensor.name) is left out: HDF5 has no elements like \(tensor.dtype)")
      } else {
        datasets.append(("\(KerasArchive.otherTensors)/\(number)", tensor))
        others.append(tensor.name)
      }
    }
    noteOthers(others)
  }

  /// A name that is one of Keras' file already, as an import without names leaves it.
  private static func kerasPath(_ name: String) -> String? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    // Deeper groups are read by nobody here.
    guard (3...HDF5Format.groupLimit).contains(parts.count),
      ["layers", "optimizer"].contains(parts[0]),
      parts[parts.count - 2] == "vars", UInt32(parts[parts.count - 1]) != nil,
      parts.allSatisfy({ !$0.isEmpty && $0 != "." })
    else { return nil }
    return name
  }

  private mutating func noteOthers(_ tensors: [String]) {
    func note(_ what: String, _ names: [String]) {
      guard let first = names.first else { return }
      let more = names.count > 1 ? " and \(names.count - 1) more" : ""
      losses.append(
        "the \(what) \(first)\(more), which Keras has no place for; ckpt import finds it in \(KerasArchive.notes)"
      )
    }
    let checkpoint = state.checkpoint
    note("tensor", tensors)
    note("document", checkpoint.documents.keys.sorted().filter { !Self.known.contains($0) })
    note("blob", checkpoint.blobs.keys.sorted())
    note("metric", checkpoint.metrics.keys.sorted())
  }

  private static let known: Set<String> = ["architecture", "training"]

  /// All that Keras has no place for, and what each dataset is called here.
  private var notes: JSONValue {
    let tensors = datasets.map { path, tensor -> JSONValue in
      [
        "dataset": .string(path), "name": .string(tensor.name),
        "dtype": .string(tensor.dtype.name),
        "shape": .array(tensor.shape.map { .int(Int64($0)) }),
      ]
    }
    return CheckpointNotes.json(state.checkpoint, extra: ["keras_tensors": .array(tensors)])
  }
}
