import Checkpoint
import SystemPackage
import Testing

@testable import CheckpointTrainer

/// A run goes on with another list of callbacks.
@Suite("Callbacks' states")
struct CallbackRestorationTests {
  let training: SmallTraining

  init() throws { training = try SmallTraining() }

  private func saved(_ callbacks: [any Callback]) throws -> Checkpoint {
    let model = try training.model()
    try training.fit(model, callbacks: callbacks, epochs: 2)
    return try model.checkpoint()
  }

  /// What is said on going on, with `epochs: 2` for no further training.
  private func resume(
    _ checkpoint: Checkpoint, _ callbacks: [any Callback]
  ) throws -> [String] {
    let lines = Lines()
    try training.fit(
      try Sequential(from: checkpoint), callbacks: callbacks, epochs: 2, lines: lines)
    return lines.lines.filter { $0.hasPrefix("warning: ") }.map { String($0.dropFirst(9)) }
  }

  @Test("come back by class and order, whatever has been put in between")
  func reordered() throws {
    let checkpoint = try saved([
      EarlyStopping(patience: 9), EventRecorder(), ReduceLROnPlateau(patience: 9),
      EarlyStopping(monitor: "val_accuracy", patience: 9),
    ])
    let loss = EarlyStopping(patience: 9)
    let accuracy = EarlyStopping(monitor: "val_accuracy", patience: 9)
    let plateau = ReduceLROnPlateau(patience: 9)
    #expect(try resume(checkpoint, [plateau, accuracy, EventRecorder(), loss]).isEmpty)
    let history = try Sequential(from: checkpoint).history
    #expect(loss.best == history["val_loss"].min())
    #expect(plateau.best != nil)
    #expect(accuracy.best == history["val_accuracy"].max())
  }

  @Test("that nobody takes, and callbacks without a state from before, are named")
  func changed() throws {
    let checkpoint = try saved([EarlyStopping(patience: 9), EventRecorder()])
    let stopping = EarlyStopping(monitor: "val_accuracy", patience: 9)
    #expect(
      try resume(checkpoint, [stopping, ReduceLROnPlateau()]) == [
        "EarlyStopping begins anew, without a state from before: it watched val_loss, not "
          + "val_accuracy",
        "ReduceLROnPlateau begins anew: the checkpoint has no state of it",
        "the saved state of EarlyStopping is left out: nobody takes it",
      ])
    #expect(stopping.best == nil)
    #expect(
      try resume(checkpoint, [EarlyStopping(patience: 9, restoreBestWeights: true)])[0]
        .hasSuffix("it kept no weights, and they are to be restored now"))
    #expect(try resume(checkpoint, [EventRecorder(), EarlyStopping(patience: 9)]).isEmpty)
  }

  @Test("a callback that is told late is told once, wherever it stands now")
  func toldOnce() throws {
    let before = EventRecorder()
    let after = EventCounter()
    let capture = Capture(before, EventRecorder())
    try training.fit(try training.model(), callbacks: [before, capture, after], epochs: 1)
    for moment in capture.moments {
      let (first, second) = (EventRecorder(), EventCounter())
      let model = try Sequential(from: moment.checkpoint)
      try training.fit(model, callbacks: [second, EventRecorder(), first], epochs: 1)
      // The one of before has been told of the moment; the one that was after it has not.
      let left = 6 + 1 - capture.moments.firstIndex { $0.name == moment.name }! - 1
      #expect(second.count == left + 1, "\(moment.name)")
      #expect(first.events.count { !$0.hasPrefix("over") } == left, "\(moment.name)")
    }
  }

  @Test("of ModelCheckpoint: a frequency in batches counts the run's, also in a second training")
  func batchFrequency() throws {
    let directory = try TemporaryDirectory()
    let model = try training.model()
    try training.fit(model, epochs: 1)  // 6 steps.
    let every = {
      ModelCheckpoint(directory.path.appending("{step}.ckpt"), saveFrequency: .batches(4))
    }
    try training.fit(model, callbacks: [every(), Stopper(after: 1)], epochs: 2)
    let store = try CheckpointStore(at: directory.path)
    #expect(try store.list().map(\.fileName) == ["10.ckpt"])
    try training.fit(try Sequential(from: model.checkpoint()), callbacks: [every()], epochs: 2)
    #expect(try store.list().map(\.fileName) == ["10.ckpt"])
    let resumed = try Sequential(from: try #require(try store.latest()).checkpoint)
    try training.fit(resumed, callbacks: [every()], epochs: 2)
    #expect(try store.list().map(\.fileName) == ["10.ckpt", "14.ckpt", "18.ckpt"])
  }

  @Test("that lie are refused, or harmless; they never trap")
  func hostile() throws {
    let directory = try TemporaryDirectory()
    let callbacks: () -> [any Callback] = {
      [
        ModelCheckpoint(
          directory.path.appending("c/best.ckpt"), saveBestOnly: true, saveFrequency: .batches(6)),
        EarlyStopping(patience: 1, restoreBestWeights: true), ReduceLROnPlateau(),
        CSVLogger(directory.path.appending("a.csv")),
        TensorBoard(directory.path.appending("board")), TerminateOnNaN(),
      ]
    }
    let sound = try saved(callbacks())
    let states = try #require(sound.documents["position"]?["callbacks"])
    var count = 0
    for changed in mutations(of: states) {
      var checkpoint = sound
      guard case .object(var position) = sound.documents["position"] else { return }
      position["callbacks"] = changed
      checkpoint.documents["position"] = .object(position)
      attempt(checkpoint, callbacks())
      count += 1
    }
    #expect(count > 300)
    let own = sound.tensors.keys.filter { $0.hasPrefix("callback/1/best/") }
    #expect(own.count == 6)
    for name in own {
      for tensor in [Tensor([Float](), shape: [0]), Tensor([Int32(1)], shape: [1]), nil] {
        var checkpoint = sound
        checkpoint.tensors[name] = tensor
        #expect(throws: TrainerError.self, "\(name)") { try resume(checkpoint, callbacks()) }
      }
    }
  }

  private func attempt(_ checkpoint: Checkpoint, _ callbacks: [any Callback]) {
    guard let model = try? Sequential(from: checkpoint) else { return }
    _ = try? training.fit(model, callbacks: callbacks, epochs: 3, verbose: 0)
  }
}

/// Counts what it is told, as a class of its own.
private final class EventCounter: Callback {
  private(set) var count = 0

  func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) { count += 1 }

  func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) { count += 1 }
}
