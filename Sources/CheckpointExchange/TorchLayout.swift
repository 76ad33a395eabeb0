internal import Checkpoint

/// A model of the trainer as PyTorch has it: `torch.nn.Sequential` with a module for every layer and
/// one for every activation; its state dict's names; kernels with the outputs first; images with the
/// channels first.
struct TorchLayout {
  /// A tensor that the state dict takes from the checkpoint.
  struct Weight {
    /// Name and shape in the checkpoint.
    var source: (name: String, shape: [Int])
    /// Name and shape in the state dict.
    var result: (name: String, shape: [Int])
    /// What is rearranged: how long the source's last axis is, and how many channels its rows are of;
    /// nil if nothing is.
    var kernel: (columns: Int, channels: Int)?
  }

  var weights: [Weight] = []
  /// The modules, as they are written in Python.
  var modules: [String] = []
  /// What PyTorch has no counterpart of.
  var losses: [String] = []
  /// The shape of one sample where the next layer stands, channels last.
  var shape: [Int]
  /// Channels of the images that were flattened, while each of their numbers is still one of the
  /// inputs.
  var flattenedChannels = 1

  /// `torch.nn.Sequential(…)` in Python.
  var moduleText: String { "torch.nn.Sequential(\(modules.joined(separator: ", ")))" }

  /// The layout of a model.
  /// - Parameter architecture: the trainer's document of that name, Keras' form of a model.
  /// - Throws: `CheckpointError` with code `invalidArgument` if a layer is of a kind that is not known
  ///   here, or doesn't fit the one before.
  init(architecture: JSONValue) throws(CheckpointError) {
    let layers = architecture["config"]?["layers"]?.arrayValue ?? []
    guard architecture["class_name"]?.stringValue == "Sequential", let first = layers.first,
      first["class_name"]?.stringValue == "InputLayer",
      let input = TorchLayer.numbers(first["config"]?["batch_shape"]?.arrayValue?.dropFirst() ?? [])
    else {
      throw CheckpointError(
        .invalidArgument, "the architecture is no Sequential that starts with an InputLayer")
    }
    shape = input
    for layer in layers.dropFirst() { try add(TorchLayer(layer)) }
  }

  /// The state with its model's tensors in this layout, and nothing else but the summary.
  /// - Parameter budgetBytes: how much of a tensor is rearranged at a time.
  /// - Throws: `CheckpointError`: `invalidArgument` if there is no architecture or the layout doesn't
  ///   know a layer; `mismatch` if a tensor hasn't the shape that the architecture gives it.
  static func apply(
    to state: ExchangeState, budgetBytes: Int = 256 << 20
  ) throws(CheckpointError) -> ExchangeState {
    guard let architecture = state.checkpoint.documents["architecture"] else {
      throw CheckpointError(
        .invalidArgument, "the layout of PyTorch needs to know the model's layers",
        item: "architecture", advice: "export with the tensors as they are")
    }
    let layout = try TorchLayout(architecture: architecture)
    var sources: [[UInt8]: StreamedTensor] = [:]
    for tensor in state.tensors { sources[Array(tensor.name.utf8)] = tensor }
    var result = state
    result.tensors = []
    result.losses += layout.losses
    result.checkpoint.blobs = [:]
    // What transformers and others look for, and what the state dict is to be loaded into.
    result.checkpoint.documents = [
      SafetensorsReader.metadataDocument: [
        "format": "pt", "modules": .string(layout.moduleText),
      ]
    ]
    let band = TransposedBand(budgetBytes: budgetBytes)
    for weight in layout.weights {
      guard let source = sources.removeValue(forKey: Array(weight.source.name.utf8)) else {
        result.losses.append("there is no tensor \"\(weight.source.name)\"")
        continue
      }
      result.tensors.append(try layout.tensor(weight, source, band))
    }
    guard !result.tensors.isEmpty else {
      throw CheckpointError(.invalidArgument, "the model has no tensors that could pass")
    }
    if !sources.isEmpty {
      result.losses.append(
        sources.count == 1
          ? "a tensor that is none of the model's weights"
          : "\(sources.count) tensors that are none of the model's weights")
    }
    return result
  }

  private func tensor(
    _ weight: Weight, _ source: StreamedTensor, _ band: TransposedBand
  ) throws(CheckpointError) -> StreamedTensor {
    guard source.shape == weight.source.shape else {
      throw CheckpointError(
        .mismatch,
        "a tensor of shape \(source.shape), where the architecture has "
          + "\(weight.source.shape)", item: source.name)
    }
    guard let kernel = weight.kernel else {
      var same = source
      same.name = weight.result.name
      return same
    }
    return try TransposedTensor(source, columns: kernel.columns, channels: kernel.channels)
      .tensor(name: weight.result.name, shape: weight.result.shape, through: band)
  }
}
