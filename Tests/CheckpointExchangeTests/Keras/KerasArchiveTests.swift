import Checkpoint
import CheckpointTrainer
import Testing

@testable import CheckpointExchange

@Suite("A .keras archive")
struct KerasArchiveTests {
  static let cases = ["dummy_mlp", "pima", "cnn_small", "deep40"]
  static let archives = cases.flatMap { ["\($0).real", "\($0).minimal"] }

  @Test("holds the weights and the optimizer's state, bit by bit", arguments: archives)
  func contents(archive: String) throws {
    let reference = try KerasReference(caseName(archive))
    let state = try kerasFixture(archive)
    let config = try #require(state.checkpoint.documents["architecture"])
    let training = try #require(state.checkpoint.documents["training"])
    let model = try #require(KerasModel(config, compileConfig: training["compile_config"]))
    let variables = try model.weights + #require(model.optimizer)
    #expect(state.tensors.map(\.name) == variables.map(\.tensor))
    let stored = reference.names.filter { $0.hasPrefix("layers/") || $0.hasPrefix("optimizer/") }
    #expect(Set(variables.map(\.dataset)) == Set(stored))
    for (variable, tensor) in zip(variables, state.tensors) {
      let (shape, bytes) = try reference.bytes(variable.dataset)
      #expect(tensor.shape == shape, "\(variable.dataset)")
      #expect(try tensor.allBytes() == bytes, "\(variable.dataset)")
    }
    #expect(state.losses.isEmpty)
    #expect(state.checkpoint.step == UInt64(try reference.int("optimizer_iteration")))
  }

  @Test("is a model that predicts and goes on as Keras does", arguments: archives)
  func goesOn(archive: String) throws {
    try expectGoesOn(kerasFixture(archive), as: KerasReference(caseName(archive)))
  }

  @Test("that we write of one of Keras' holds the same", arguments: cases)
  func writtenAgain(name: String) throws {
    let state = try kerasFixture("\(name).real")
    let checkpoint = try state.loaded()
    let archive = try kerasArchive(state)
    #expect(try archive == kerasArchive(state))
    #expect(try readKeras(archive).loaded() == checkpoint)
    // As Keras sees it, and as it comes back from there.
    let plain = try readKeras(withoutNotes(archive))
    #expect(plain.tensors.map(\.name) == state.tensors.map(\.name))
    #expect(try plain.loaded().tensors == checkpoint.tensors)
    try expectGoesOn(plain, as: KerasReference(name))
  }

  @Test func halfPrecisionArrives() throws {
    let state = try kerasFixture("half.real")
    #expect(state.tensors.map(\.dtype) == [.bf16, .bf16, .f16, .f16])
    #expect(
      state.tensors.map(\.name) == [
        "model/dense_40/kernel", "model/dense_40/bias", "model/dense_41/kernel",
        "model/dense_41/bias",
      ])
    let checkpoint = try state.loaded()
    #expect(try readKeras(kerasArchive(state)).loaded() == checkpoint)
    // It was never compiled.
    #expect(checkpoint.documents["training"] == ["compile_config": nil])
  }

  @Test func deflatedMembersAreReadToo() throws {
    let stored = try kerasFixture("pima.minimal").loaded()
    #expect(try kerasFixture("pima.deflated").loaded() == stored)
  }

  @Test("of a training of ours comes back whole", arguments: [false, true])
  func ownTraining(weightsOnly: Bool) throws {
    let model = try Sequential(
      [
        Conv2D(3, kernelSize: (3, 3), activation: .relu), MaxPool2D(), Dropout(0.25),
        Flatten(), Dense(7, activation: .tanh), Dense(3, activation: .softmax, usesBias: false),
      ], inputShape: [8, 8, 2], seed: 4)
    model.compile(
      optimizer: Adam(amsgrad: true), loss: CategoricalCrossentropy(), metrics: [Accuracy()])
    let x = FloatTensor((0..<8 * 128).map { Float($0 % 97) / 97 }, shape: [8, 8, 8, 2])
    let y = FloatTensor((0..<24).map { $0 % 3 == $0 / 3 % 3 ? 1 : 0 }, shape: [8, 3])
    try model.fit(x, y, batchSize: 4, epochs: 2, verbose: 0)
    var checkpoint = try model.checkpoint(weightsOnly: weightsOnly)
    checkpoint.tensors["callback/0/x"] = Tensor([UInt16(1), 2, 3], shape: [3])
    let state = try ExchangeState(holding: checkpoint)
    let archive = try kerasArchive(state)
    #expect(try readKeras(archive).loaded() == checkpoint)
    let losses = try KerasArchiveWriter(state).losses
    for name in ["callback/0/x", "history"] {
      #expect(losses.contains { $0.contains(name) }, "\(losses)")
    }
    // What Keras leaves of it.
    let plain = try readKeras(withoutNotes(archive))
    let back = try Sequential(from: plain.loaded())
    #expect(try back.predict(x).elements == model.predict(x).elements)
    // Dropout's generator is not in it; the training goes on nonetheless.
    try back.fit(x, y, batchSize: 4, epochs: 1, verbose: 0)
  }

  /// As Keras sees it.
  private func withoutNotes(_ archive: [UInt8]) throws -> [UInt8] {
    try changedArchive(archive, without: [KerasArchive.notes])
  }

  private func caseName(_ archive: String) -> String {
    String(archive.prefix { $0 != "." })
  }

  private func expectGoesOn(_ state: ExchangeState, as reference: KerasReference) throws {
    let model = try Sequential(from: state.loaded())
    let x = try reference.floats("x")
    let expected = try reference.floats("predict")
    let outputs = try model.predict(x)
    #expect(outputs.shape == expected.shape)
    #expect(difference(outputs.elements, expected.elements) <= 1e-5)
    let losses = try reference.floats("resume_loss").elements
    let history = try model.fit(
      x, try reference.floats("y"), batchSize: reference.int("batch_size"), epochs: losses.count,
      verbose: 0, shuffle: false)
    let own = history.logs.suffix(losses.count).map { Float($0["loss"] ?? .nan) }
    #expect(difference(own, losses) <= 1e-5, "\(own) \(losses)")
  }

  private func difference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).map { ($0 - $1).magnitude }.max() ?? 0
  }
}
