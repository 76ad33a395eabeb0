import Checkpoint
import CheckpointTrainer
import Testing

@Suite("Checkpoints that lie")
struct HostileCheckpointTests {
  /// A sound one, from the middle of an epoch.
  private func sound() throws -> Checkpoint {
    let capture = Capture(EventRecorder(), EventRecorder())
    try SmallTraining().fit(try SmallTraining().model(), callbacks: [capture], epochs: 1)
    return capture.moments[2].checkpoint
  }

  @Test("about any one thing are refused, or harmless; they never trap")
  func oneThing() throws {
    let sound = try sound()
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

  @Test("about a layer's size allocate nothing")
  func hugeLayer() throws {
    var checkpoint = try sound()
    let text = try #require(checkpoint.documents["architecture"]).text()
    let huge = text.replacing("\"units\":8", with: "\"units\":9000000000000000000")
    checkpoint.documents["architecture"] = try JSONValue.parse(huge)
    #expect {
      try Sequential(from: checkpoint)
    } throws: { ($0 as? TrainerError)?.code == .weightsMismatch }
  }

  /// Builds the model and goes on with it, if that can be done.
  private func attempt(_ checkpoint: Checkpoint) {
    guard let model = try? Sequential(from: checkpoint), let training = try? SmallTraining() else {
      return
    }
    _ = try? training.fit(model, epochs: 1, verbose: 0)
  }
}
