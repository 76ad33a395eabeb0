import Checkpoint
import CheckpointTrainer
import Testing

@Suite("Checkpoints that lie")
struct HostileCheckpointTests {
  static let optimizers: [any Optimizer] = [
    RMSprop(learningRate: 0.01, momentum: 0.5, centered: true),
    Adam(
      learningRate: CosineDecay(
        initialLearningRate: 0.01, decaySteps: 12, warmupTarget: 0.05, warmupSteps: 4)),
    SGD(learningRate: PiecewiseConstantDecay(boundaries: [2, 5], values: [0.1, 0.01, 0.001])),
  ]

  /// A sound one, from the middle of an epoch.
  private func sound(_ optimizer: any Optimizer = optimizers[0]) throws -> Checkpoint {
    let capture = Capture(EventRecorder(), EventRecorder())
    var training = try SmallTraining()
    training.optimizer = optimizer
    let model = try training.model()
    model.compile(
      optimizer: optimizer, loss: CategoricalCrossentropy(labelSmoothing: 0.1),
      metrics: [Accuracy(), BinaryAccuracy(threshold: 0.3)])
    try training.fit(model, callbacks: [capture], epochs: 1)
    return capture.moments[2].checkpoint
  }

  @Test("about layers of images are refused, or harmless; they never trap")
  func images() throws {
    let training = try SmallImageTraining()
    let sound = try training.model().checkpoint(weightsOnly: true)
    let architecture = try #require(sound.documents["architecture"])
    let inputs = training.inputs.rows(0..<2)
    var refused = 0
    for changed in mutations(of: architecture) {
      var checkpoint = sound
      checkpoint.documents["architecture"] = changed
      do {
        let model = try Sequential(from: checkpoint)
        _ = try model.predict(inputs)
      } catch {
        refused += 1
      }
    }
    #expect(refused > 300)
  }

  @Test(
    "about any one thing are refused, or harmless; they never trap", arguments: optimizers)
  func oneThing(optimizer: any Optimizer) throws {
    let sound = try sound(optimizer)
    _ = try Sequential(from: sound)
    var documents = 0
    for (name, document) in sound.documents {
      for changed in mutations(of: document) {
        var checkpoint = sound
        checkpoint.documents[name] = changed
        attempt(checkpoint)
        documents += 1
      }
    }
    #expect(documents > 300)
    for name in sound.tensors.keys {
      for tensor in [Tensor([Float](), shape: [0]), Tensor([Int32(1)], shape: [1])] {
        var checkpoint = sound
        checkpoint.tensors[name] = tensor
        #expect(throws: TrainerError.self, "\(name)") { try Sequential(from: checkpoint) }
      }
      var checkpoint = sound
      checkpoint.tensors[name] = nil
      attempt(checkpoint)
    }
    for name in sound.blobs.keys {
      for blob in [[], [UInt8](repeating: 0, count: 32), [UInt8](repeating: 1, count: 31)] {
        var checkpoint = sound
        checkpoint.blobs[name] = blob
        #expect(throws: TrainerError.self, "\(name)") { try Sequential(from: checkpoint) }
      }
    }
  }

  @Test("about the optimizer's steps are refused", arguments: [-1, Int64.max])
  func impossibleIteration(iteration: Int64) throws {
    var checkpoint = try sound()
    checkpoint.tensors["optimizer/iteration"] = Tensor(scalar: iteration)
    #expect {
      try Sequential(from: checkpoint)
    } throws: { ($0 as? TrainerError)?.code == .invalidState }
  }

  @Test(
    "about a layer's size allocate nothing",
    arguments: [
      ("9000000000000000000", TrainerError.Code.shapeMismatch), ("1000000000000", .weightsMismatch),
    ])
  func hugeLayer(units: String, code: TrainerError.Code) throws {
    var checkpoint = try sound()
    let text = try #require(checkpoint.documents["architecture"]).text()
    let huge = text.replacing("\"units\":8", with: "\"units\":\(units)")
    checkpoint.documents["architecture"] = try JSONValue.parse(huge)
    #expect {
      try Sequential(from: checkpoint)
    } throws: { ($0 as? TrainerError)?.code == code }
  }

  /// Builds the model and goes on with it, if that can be done.
  private func attempt(_ checkpoint: Checkpoint) {
    guard let model = try? Sequential(from: checkpoint), let training = try? SmallTraining() else {
      return
    }
    _ = try? training.fit(model, epochs: 1, verbose: 0)
  }
}
