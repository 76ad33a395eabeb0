public import Checkpoint

extension Sequential {
  /// The mark of checkpoints without optimizer, position and generators.
  public static let weightsOnlyTag = "weights-only"

  /// Everything needed to go on from here: weights, optimizer state and generators as arrays that
  /// are shared, not copied, and as documents
  ///
  /// - `architecture`: the layers, in Keras' form;
  /// - `training`: Keras' `compile_config`, what `fit` was asked for, the seed;
  /// - `history`: what was reported for each epoch;
  /// - `position`: where the training stands, with the running sums of the epoch and the callbacks'
  ///   states, whose tensors are called `callback/<number>/…`.
  ///
  /// Called by a callback it describes the moment of the call.
  ///
  /// - Parameter weightsOnly: leaves out optimizer, position and generators.
  /// - Throws: `.notCompiled` if the model is not built.
  public func checkpoint(weightsOnly: Bool = false) throws(TrainerError) -> Checkpoint {
    guard let network else {
      throw TrainerError(.notCompiled, "the model is not built: give it an inputShape")
    }
    var checkpoint = Checkpoint()
    checkpoint.runID = runID
    checkpoint.documents["architecture"] = architecture(of: network)
    checkpoint.documents["training"] = trainingDocument
    checkpoint.documents["history"] = history.json
    for (name, value) in weights {
      checkpoint.tensors["model/" + name] = Tensor(value.elements, shape: value.shape)
    }
    let position = session?.position ?? self.position
    checkpoint.metrics = (session?.presentLogs ?? history.logs.last ?? Logs()).dictionary
    checkpoint.epoch = position.map { UInt64($0.epoch) }
    checkpoint.step = objective?.state.map { UInt64($0.iteration) }
    guard !weightsOnly else {
      checkpoint.tags.insert(Sequential.weightsOnlyTag)
      return checkpoint
    }
    checkpoint.documents["position"] = position?.json
    checkpoint.tensors.merge(position?.callbackTensors ?? [:]) { own, _ in own }
    addGenerators(of: network, to: &checkpoint)
    addOptimizer(of: network, to: &checkpoint)
    return checkpoint
  }

  private func addGenerators(of network: Network, to checkpoint: inout Checkpoint) {
    checkpoint.blobs["random/shuffle"] = (session?.shuffleGenerator ?? shuffleGenerator).state
    for (layer, generator) in zip(network.layers, network.generators)
    where layer.drawsRandomNumbers {
      checkpoint.blobs["random/model/\(layer.name)"] = generator.state
    }
  }

  private func addOptimizer(of network: Network, to checkpoint: inout Checkpoint) {
    guard let objective, let state = objective.state else { return }
    checkpoint.tensors["optimizer/iteration"] = Tensor(scalar: state.iteration)
    // As in Keras: a schedule's rate follows from the iteration.
    if objective.optimizer.schedule == nil {
      checkpoint.tensors["optimizer/learning_rate"] = Tensor(scalar: state.learningRate)
    }
    for (name, layer, variable) in network.variableNames {
      for (slot, value) in zip(objective.optimizer.slotNames, state.slots[layer][variable]) {
        checkpoint.tensors["optimizer/\(name)/\(slot)"] = Tensor(
          value.elements, shape: value.shape)
      }
    }
  }

  /// The model in the form of Keras' `config.json`, without `compile_config`.
  func architecture(of network: Network) -> JSONValue {
    func object(_ className: String, _ module: String, _ config: JSONObject) -> JSONValue {
      [
        "module": .string(module), "class_name": .string(className), "config": .object(config),
        "registered_name": nil,
      ]
    }
    let batchShape = JSONValue.array([.null] + network.inputShape.map { .int(Int64($0)) })
    let input = object(
      "InputLayer", "keras.layers",
      ["batch_shape": batchShape, "dtype": "float32", "name": "input_layer"])
    let layers = network.layers.map {
      object(type(of: $0).className, "keras.layers", $0.config)
    }
    return [
      "module": "keras", "class_name": "Sequential",
      "config": ["name": .string(name), "layers": .array([input] + layers)],
      "registered_name": nil, "build_config": ["input_shape": batchShape],
    ]
  }

  private var trainingDocument: JSONValue {
    [
      "compile_config": objective?.serialized ?? .null, "fit_config": .object(fitConfig),
      // 64 bits, which not every reader of JSON takes as a number.
      "seed": .string("\(seed)"),
    ]
  }
}

extension Objective {
  /// Keras' `compile_config`.
  var serialized: JSONValue {
    [
      "optimizer": optimizer.serialized, "loss": loss.serialized,
      "metrics": .array(metrics.map { $0.serialized }),
    ]
  }
}
