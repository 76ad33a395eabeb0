public import Checkpoint

extension Sequential {
  /// Rebuilds the model a checkpoint holds, without the code that built it: layers, weights, and if
  /// they are there optimizer, history, generators and position. `fit` then goes on from that
  /// position.
  ///
  /// - Parameter classes: what names in the checkpoint stand for.
  /// - Throws: `.invalidConfiguration`, `.unknownClass`, `.shapeMismatch`, `.weightsMismatch` (which
  ///   lists all differences), `.invalidState`: nothing a file can hold traps, and nothing is allocated
  ///   that its tensors don't fill.
  public convenience init(
    from checkpoint: Checkpoint, classes: ClassRegistry = .standard
  ) throws(TrainerError) {
    let architecture = try Architecture(checkpoint.documents["architecture"], classes: classes)
    let training = checkpoint.documents["training"]
    let seed = training?["seed"]?.stringValue.flatMap { UInt64($0) }
    try self.init(architecture.layers, name: architecture.name, seed: seed)
    network = try Network(
      layers: layers, inputShape: architecture.requiredInputShape(), seed: self.seed,
      weights: checkpoint.floatTensors(under: "model/"))
    if let compileConfig = training?["compile_config"], compileConfig != .null {
      try compile(compileConfig, classes: classes)
    }
    if let config = training?["fit_config"]?.objectValue { fitConfig = config }
    try restoreState(from: checkpoint)
  }

  /// Takes weights, history, optimizer, generators and position of a checkpoint of this model.
  func restoreState(from checkpoint: Checkpoint) throws(TrainerError) {
    try loadWeights(from: checkpoint)
    runID = checkpoint.runID
    history =
      try checkpoint.documents["history"].map { json throws(TrainerError) in
        try History(json: json)
      } ?? History()
    guard !checkpoint.tags.contains(Sequential.weightsOnlyTag) else { return }
    try restoreOptimizer(from: checkpoint)
    try restoreGenerators(from: checkpoint)
    guard let json = checkpoint.documents["position"] else { return }
    let position = try Position(json: json, tensors: checkpoint.tensors)
    if let objective, position.event == .batch {
      let counts = objective.metrics.map(\.initialState.count)
      guard position.sums.metricStates.map(\.count) == counts else {
        throw TrainerError(.invalidState, "position: the sums are not those of the metrics")
      }
    }
    self.position = position
    goesOn = objective?.state != nil
  }

  private func restoreOptimizer(from checkpoint: Checkpoint) throws(TrainerError) {
    guard let network, let objective, var state = objective.state,
      let iteration = checkpoint.tensors["optimizer/iteration"]
    else { return }
    do {
      guard let iteration = try iteration.elements(as: Int64.self).first,
        (0..<1 << 53).contains(iteration)
      else { throw TrainerError(.invalidState, "the optimizer's iteration can't be one") }
      state.iteration = iteration
      if objective.optimizer.schedule == nil {
        let tensor = checkpoint.tensors["optimizer/learning_rate"]
        guard let rate = try tensor?.elements(as: Float.self).first else {
          throw TrainerError(.invalidState, "the optimizer's learning rate is not there")
        }
        state.learningRate = rate
      }
    } catch let error as CheckpointError {
      throw TrainerError(.invalidState, "optimizer: \(error)", cause: error)
    } catch let error as TrainerError {
      throw error
    } catch {
      throw TrainerError(.invalidState, "optimizer: \(error)", cause: error)
    }
    let values = try checkpoint.floatTensors(
      under: "optimizer/", except: ["optimizer/iteration", "optimizer/learning_rate"])
    for (name, layer, variable) in network.variableNames {
      for (index, slot) in objective.optimizer.slotNames.enumerated() {
        let shape = network.definitions[layer][variable].shape
        guard let value = values["\(name)/\(slot)"], value.shape == shape else {
          throw TrainerError(
            .invalidState, "the optimizer's '\(name)/\(slot)' of shape \(shape) is not there")
        }
        state.slots[layer][variable][index] = value
      }
    }
    self.objective?.state = state
  }

  private func restoreGenerators(from checkpoint: Checkpoint) throws(TrainerError) {
    // Another tool's have none: dropout and shuffling follow from the seed then.
    guard checkpoint.blobs.keys.contains(where: { $0.hasPrefix("random/") }) else { return }
    if let state = checkpoint.blobs["random/shuffle"] {
      shuffleGenerator = try RandomGenerator(state: state)
    }
    for (index, layer) in layers.enumerated() where layer.drawsRandomNumbers {
      guard let state = checkpoint.blobs["random/model/\(layer.name)"] else {
        throw TrainerError(
          .invalidState, "the generator of the layer '\(layer.name)' is not there")
      }
      network?.generators[index] = try RandomGenerator(state: state)
    }
  }
}

extension Checkpoint {
  /// The tensors of single-precision numbers whose names begin so, by the rest of their names.
  ///
  /// - Throws: `.weightsMismatch` for a tensor of another dtype.
  fileprivate func floatTensors(
    under prefix: String, except: Set<String> = []
  ) throws(TrainerError) -> [String: FloatTensor] {
    var values: [String: FloatTensor] = [:]
    for (name, tensor) in tensors where name.hasPrefix(prefix) && !except.contains(name) {
      do {
        values[String(name.dropFirst(prefix.count))] = FloatTensor(
          try tensor.elements(as: Float.self), shape: tensor.shape)
      } catch {
        throw TrainerError(.weightsMismatch, "\(name): \(error)", cause: error)
      }
    }
    return values
  }
}
