import Checkpoint
import CheckpointTrainer
import Testing

@testable import CheckpointExchange

/// Archives that aren't what they were, or never were ours.
@Suite struct KerasForeignArchiveTests {
  @Test func notesOfAnotherModelArePassedOver() throws {
    let checkpoint = try trained()
    let archive = try kerasArchive(ExchangeState(holding: checkpoint))
    let config = try text(KerasArchive.config, of: archive)
    // Another architecture.
    let renamed = try readKeras(
      changedArchive(
        archive,
        replacing: [
          KerasArchive.config: Array(config.replacing("\"first\"", with: "\"other\"").utf8)
        ]))
    #expect(renamed.tensors.contains { $0.name == "model/other/kernel" })
    #expect(renamed.checkpoint.documents["history"] == nil)
    #expect(renamed.losses.count == 1)
    // Weights of other shapes.
    let notes = try text(KerasArchive.notes, of: archive)
    let lying = notes.replacing("\"shape\":[4,3]", with: "\"shape\":[3,4]")
    #expect(lying != notes)
    let reshaped = try readKeras(
      changedArchive(archive, replacing: [KerasArchive.notes: Array(lying.utf8)]))
    #expect(reshaped.tensors.first { $0.name == "model/first/kernel" }?.shape == [4, 3])
    #expect(reshaped.losses.count == 1)
    // No notes at all.
    #expect(throws: CheckpointError.self) {
      try readKeras(changedArchive(archive, replacing: [KerasArchive.notes: Array("{".utf8)]))
    }
  }

  @Test func newWeightsForTheSameModelAreTaken() throws {
    let checkpoint = try trained()
    var other = checkpoint
    other.tensors["model/first/bias"] = Tensor([Float(7), 8, 9], shape: [3])
    let (first, second) = (
      try kerasArchive(ExchangeState(holding: checkpoint)),
      try kerasArchive(ExchangeState(holding: other))
    )
    let weights = try bytes(KerasArchive.weights, of: second)
    let mixed = try changedArchive(first, replacing: [KerasArchive.weights: weights])
    #expect(try readKeras(mixed).loaded() == other)
  }

  @Test func layersThatArentKnownKeepTheirNames() throws {
    let archive = try kerasArchive(ExchangeState(holding: trained()))
    let config = try text(KerasArchive.config, of: archive)
      .replacing("\"class_name\":\"Dense\"", with: "\"class_name\":\"Mystery\"")
    let weights = try bytes(KerasArchive.weights, of: archive)
    let state = try readKeras(
      changedArchive(
        archive, replacing: [KerasArchive.config: Array(config.utf8)],
        without: [KerasArchive.notes]))
    #expect(weights.count > 0)
    #expect(
      state.tensors.prefix(4).map(\.name) == [
        "layers/dense/vars/0", "layers/dense/vars/1", "layers/dense_1/vars/0",
        "layers/dense_1/vars/1",
      ])
    #expect(state.tensors.dropFirst(4).allSatisfy { $0.name.hasPrefix("optimizer/vars/") })
    #expect(state.checkpoint.documents["architecture"]?.text().contains("Mystery") == true)
    #expect(!state.losses.isEmpty)
    // Back they have their places again.
    let again = try readKeras(changedArchive(kerasArchive(state), without: [KerasArchive.notes]))
    #expect(try again.loaded() == state.loaded())
  }

  /// Names in Keras' form, but deeper than is read.
  @Test(arguments: [29, 30, 500]) func deepNamesComeBack(depth: Int) throws {
    var checkpoint = try trained()
    let name = "layers/" + String(repeating: "a/", count: depth) + "vars/0"
    checkpoint.tensors[name] = Tensor([1, 2] as [Float])
    let state = try readKeras(kerasArchive(ExchangeState(holding: checkpoint)))
    #expect(state.tensors.contains { $0.name == name })
  }

  @Test func layersOfOneNameAreRefused() throws {
    let archive = try kerasArchive(ExchangeState(holding: trained()))
    let config = try text(KerasArchive.config, of: archive)
      .replacing("\"last\"", with: "\"first\"")
    let error = try #require(throws: CheckpointError.self) {
      try readKeras(
        changedArchive(archive, replacing: [KerasArchive.config: Array(config.utf8)]))
    }
    #expect(error.code == .corrupt)
    #expect(error.item == "model/first/kernel")
  }

  @Test func aCheckpointWithoutItsModelIsRefused() throws {
    var checkpoint = try trained()
    checkpoint.tensors["model/first/kernel"] = nil
    #expect(try refusal(checkpoint).item == "model/first/kernel")
    checkpoint = try trained()
    checkpoint.documents["architecture"] = nil
    let error = try refusal(checkpoint)
    #expect(error.code == .notFound)
    #expect(error.advice?.contains("safetensors") == true)
    checkpoint.documents["architecture"] = ["class_name": "Sequential", "config": ["layers": 3]]
    #expect(try refusal(checkpoint).code == .notFound)
  }

  @Test func whatOnlyNewerVersionsReadIsSaid() throws {
    for (activation, isSaid) in [(Activation.leakyReLU(negativeSlope: 0.1), true), (.tanh, false)] {
      let model = try Sequential(
        [Dense(3, activation: activation, name: "bent")], inputShape: [4], seed: 2)
      let losses = try KerasArchiveWriter(ExchangeState(holding: model.checkpoint())).losses
      #expect(losses.contains { $0.contains("3.10") && $0.contains("bent") } == isSaid)
    }
  }

  @Test func anOptimizerInPartsIsLeftToTheNotes() throws {
    var checkpoint = try trained()
    checkpoint.tensors["optimizer/first/bias/velocity"] = nil
    let state = try ExchangeState(holding: checkpoint)
    #expect(try KerasArchiveWriter(state).losses.contains { $0.contains("first/bias/velocity") })
    #expect(try readKeras(kerasArchive(state)).loaded() == checkpoint)
  }

  @Test func whatIsNoArchiveOfKerasIsRefused() throws {
    let archive = try kerasArchive(ExchangeState(holding: trained()))
    for member in [KerasArchive.config, KerasArchive.weights] {
      let error = try #require(throws: CheckpointError.self) {
        try readKeras(changedArchive(archive, without: [member]))
      }
      #expect(error.item == member)
    }
    let npz = try #require(throws: CheckpointError.self) {
      try readKeras(
        changedArchive(
          archive, replacing: ["model.weights.npz": [1]], without: [KerasArchive.weights]))
    }
    #expect(npz.code == .unsupportedVersion)
    for count in stride(from: 0, to: archive.count, by: 97) {
      #expect(throws: CheckpointError.self) { try readKeras(Array(archive[..<count])) }
    }
  }

  private func trained() throws -> Checkpoint {
    let model = try Sequential(
      [Dense(3, activation: .relu, name: "first"), Dense(2, name: "last")], inputShape: [4],
      seed: 2)
    model.compile(optimizer: RMSprop(), loss: MeanSquaredError())
    let x = FloatTensor((0..<32).map { Float($0) / 32 }, shape: [8, 4])
    try model.fit(x, FloatTensor(repeating: 1, shape: [8, 2]), epochs: 1, verbose: 0)
    return try model.checkpoint()
  }

  private func refusal(_ checkpoint: Checkpoint) throws -> CheckpointError {
    try #require(throws: CheckpointError.self) {
      try KerasArchiveWriter(ExchangeState(holding: checkpoint))
    }
  }

  private func bytes(_ member: String, of archive: [UInt8]) throws -> [UInt8] {
    let zip = try ZipReader(try MemoryFolder().file(archive))
    return try zip.bytes(of: #require(zip.member(member)), limit: .max)
  }

  private func text(_ member: String, of archive: [UInt8]) throws -> String {
    String(decoding: try bytes(member, of: archive), as: UTF8.self)
  }
}
