internal import Checkpoint

extension ExchangeState {
  /// Tensors, documents and blobs that the trainer needs to go on, and a model doesn't.
  private static let trainingPrefixes = ["optimizer/", "callback/"]
  private static let trainingDocuments = ["training", "history", "position"]
  private static let trainingBlobPrefix = "random/"
  /// The trainer's mark of states without these.
  private static let weightsOnlyTag = "weights-only"

  /// The state that `options` ask for.
  /// - Parameter tally: counts what casting can't represent, while tensors are read.
  /// - Throws: `CheckpointError`: `invalidArgument` for a pattern or an old name that no tensor has,
  ///   for a new one that two would have, and if the layout needs a model that isn't there.
  func applying(
    _ options: ExchangeOptions, tally: CastTally
  ) throws(CheckpointError) -> ExchangeState {
    var state = self
    if options.weightsOnly { state.dropTraining() }
    try state.keep(only: options.only)
    switch options.layout {
    case .original: break
    case .torch: state = try TorchLayout.apply(to: state)
    }
    try state.rename(options.renames)
    if let dtype = options.cast { try state.cast(to: dtype, tally) }
    state.dropLooseAliases()
    return state
  }

  private mutating func dropTraining() {
    tensors.removeAll { tensor in
      ExchangeState.trainingPrefixes.contains { tensor.name.hasPrefix($0) }
    }
    for name in ExchangeState.trainingDocuments { checkpoint.documents[name] = nil }
    checkpoint.blobs = checkpoint.blobs.filter {
      !$0.key.hasPrefix(ExchangeState.trainingBlobPrefix)
    }
    checkpoint.tags.insert(ExchangeState.weightsOnlyTag)
  }

  private mutating func keep(only patterns: [String]) throws(CheckpointError) {
    guard !patterns.isEmpty else { return }
    var isWanted = [Bool](repeating: false, count: tensors.count)
    for text in patterns {
      let pattern = NamePattern(text)
      var isUsed = false
      for index in tensors.indices where pattern.matches(tensors[index].name) {
        isWanted[index] = true
        isUsed = true
      }
      guard isUsed else {
        throw CheckpointError(.invalidArgument, "no tensor has such a name", item: text)
      }
    }
    tensors = zip(tensors, isWanted).filter(\.1).map(\.0)
  }

  private mutating func rename(_ renames: [TensorRename]) throws(CheckpointError) {
    guard !renames.isEmpty else { return }
    var isUsed = [Bool](repeating: false, count: renames.count)
    func renamed(_ name: String) -> String {
      for (index, rename) in renames.enumerated() {
        guard let new = rename.apply(to: name) else { continue }
        isUsed[index] = true
        return new
      }
      return name
    }
    var names: Set<[UInt8]> = []
    for index in tensors.indices {
      tensors[index].name = renamed(tensors[index].name)
      guard names.insert(Array(tensors[index].name.utf8)).inserted else {
        throw CheckpointError(
          .invalidArgument, "two tensors would have this name", item: tensors[index].name)
      }
    }
    if let index = isUsed.firstIndex(of: false) {
      throw CheckpointError(
        .invalidArgument, "no tensor has this name, or begins with it", item: renames[index].old)
    }
    var aliases: [String: String] = [:]
    for (alias, target) in checkpoint.aliases { aliases[renamed(alias)] = renamed(target) }
    checkpoint.aliases = aliases
  }

  /// Forgets that a tensor is the same as one that is not there.
  private mutating func dropLooseAliases() {
    guard !checkpoint.aliases.isEmpty else { return }
    let names = Set(tensors.map(\.name))
    checkpoint.aliases = checkpoint.aliases.filter {
      names.contains($0.key) && names.contains($0.value)
    }
  }
}
