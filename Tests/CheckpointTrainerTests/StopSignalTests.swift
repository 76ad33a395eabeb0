import Checkpoint
import Foundation
import SystemPackage
import Testing

@testable import CheckpointTrainer

/// Signals are the process's, and suites run side by side: real ones here are such as nobody else
/// uses, and trainings are made to believe in one. `ckpt train` is sent real ones by its own tests.
@Suite("Stopping on signals", .serialized)
struct StopSignalTests {
  let directory: TemporaryDirectory
  let training: SmallTraining

  init() throws {
    directory = try TemporaryDirectory()
    training = try SmallTraining()
  }

  private func path(_ name: String) -> FilePath { directory.path.appending(name) }

  // MARK: Handlers

  private func handler(of signal: Int32) -> sigaction {
    var action = sigaction()
    sigaction(signal, nil, &action)
    return action
  }

  /// Threads of Swift's pool block signals: what is raised there has to be let in.
  private func send(_ signal: Int32) {
    var mask = sigset_t()
    sigemptyset(&mask)
    sigaddset(&mask, signal)
    var before = sigset_t()
    pthread_sigmask(SIG_UNBLOCK, &mask, &before)
    raise(signal)
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }

  private func isDefault(_ signal: Int32) -> Bool {
    handler(of: signal).__sigaction_handler.sa_handler == nil
  }

  @Test("a signal is noted once; after that, any of them acts as by default")
  func noted() {
    let stop = StopSignal([SIGUSR1, SIGUSR2])
    #expect(stop.received == nil)
    #expect(!isDefault(SIGUSR1) && !isDefault(SIGUSR2))
    send(SIGUSR2)
    #expect(stop.received == SIGUSR2)
    #expect(isDefault(SIGUSR1) && isDefault(SIGUSR2))
    stop.release()
    #expect(stop.received == SIGUSR2)
    // Another one begins anew.
    let next = StopSignal([SIGUSR1, SIGUSR2])
    #expect(next.received == nil)
    send(SIGUSR1)
    #expect(next.received == SIGUSR1)
  }

  @Test("the handlers of before are back when the last one is released, after a signal too")
  func restored() {
    let own: @convention(c) (Int32) -> Void = { _ in }
    let before = signal(SIGUSR1, own)
    defer { signal(SIGUSR1, before) }
    func isOwn() -> Bool {
      let handler = handler(of: SIGUSR1).__sigaction_handler.sa_handler
      return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(own, to: Int.self)
    }
    #expect(isOwn())
    for raises in [false, true] {
      let outer = StopSignal([SIGUSR1])
      let inner = StopSignal([SIGUSR1])
      if raises { send(SIGUSR1) }
      inner.release()
      inner.release()
      #expect(!isOwn())
      outer.release()
      #expect(isOwn())
    }
  }

  @Test("a signal that the process ignores stays ignored")
  func ignored() {
    let before = signal(SIGUSR2, SIG_IGN)
    defer { signal(SIGUSR2, before) }
    let stop = StopSignal([SIGUSR2])
    send(SIGUSR2)
    #expect(stop.received == nil)
  }

  // MARK: Training

  /// Trains until the signal, and gives the error.
  private func stop(
    _ callbacks: [any Callback], store: CheckpointStore? = nil
  ) throws -> TrainerError {
    let error = #expect(throws: TrainerError.self) {
      try training.fit(try training.model(), callbacks: callbacks, resumeFrom: store)
    }
    return try #require(error)
  }

  @Test("at any step saves, and goes on to the same bits, the batch's later callbacks told once")
  func exactResume() throws {
    let recorder = EventRecorder()
    let whole = try training.model()
    try training.fit(whole, callbacks: [recorder])
    for step in 1...17 {
      let directory = try TemporaryDirectory()
      let path = directory.path.appending("{epoch}-{val_loss:.4f}.ckpt")
      let told = EventRecorder()
      let error = try stop([ModelCheckpoint(path), PretendedSignal(atStep: step), told])
      #expect(error.code == .interrupted)
      #expect(error.signal == 15)
      #expect(error.message.hasPrefix("stopped by SIGTERM after step \(step), which is saved"))
      let model = try training.model(seed: 123)
      let rest = EventRecorder()
      try training.fit(
        model, callbacks: [ModelCheckpoint(path), EventRecorder(), rest],
        resumeFrom: try CheckpointStore(at: directory.path))
      #expect(try model.checkpoint().tensors == whole.checkpoint().tensors, "step \(step)")
      #expect(try model.checkpoint().blobs == whole.checkpoint().blobs)
      #expect(model.history == whole.history)
      #expect(told.events + rest.events == recorder.events, "step \(step)")
    }
  }

  @Test("uses the template's name where it has one without validating; saves no step twice")
  func names() throws {
    let store = try CheckpointStore(at: directory.path)
    _ = try stop([
      ModelCheckpoint(path("last.ckpt")), ModelCheckpoint(path("{epoch}-{batch}.ckpt")),
      ModelCheckpoint(path("v-{val_loss:.9f}.ckpt")),
      ModelCheckpoint(path("every-{step}.ckpt"), saveFrequency: .batches(8)),
      PretendedSignal(atStep: 8),
    ])
    let stored = try store.list()
    #expect(
      stored.suffix(4).map(\.fileName).sorted() == [
        "2-2.ckpt", "every-8.ckpt", "last.ckpt", "stopped-step-00000008.ckpt",
      ])
    // One each of the first epoch, whose last.ckpt was replaced, and of the stop.
    #expect(stored.count == 6)
    #expect(stored.allSatisfy { $0.step == 8 || $0.step == 6 })
  }

  @Test("of the best only saves nothing, and says so; weights only are nothing to go on from")
  func bestOnly() throws {
    let best = ModelCheckpoint(path("best.ckpt"), saveBestOnly: true)
    let error = try stop([best, PretendedSignal(atStep: 8)])
    #expect(error.message.contains("after step 8, which is not saved (only the best are saved)"))
    #expect(try CheckpointStore(at: directory.path).list().map(\.step) == [6])
    let weights = ModelCheckpoint(path("w.ckpt"), saveWeightsOnly: true)
    let other = try stop([weights, PretendedSignal(atStep: 8)])
    #expect(other.message.contains("not saved (nothing saves states to go on from)"))
    #expect(try CheckpointStore(at: directory.path).list().last?.step == 8)
  }

  @Test("waits for saves in the background")
  func background() throws {
    let callback = ModelCheckpoint(
      path("{step}.ckpt"), saveFrequency: .batches(1), savesInBackground: true)
    _ = try stop([callback, PretendedSignal(atStep: 8)])
    #expect(try CheckpointStore(at: directory.path).list().last?.step == 8)
  }

  @Test("at the end of an epoch the epoch's save is enough; at the end of all, all is done")
  func epochEnds() throws {
    let frequency = ModelCheckpoint.SaveFrequency.cadence(.everyEpoch(minimumIntervalSeconds: 0))
    func callbacks(_ step: Int) -> [any Callback] {
      [
        ModelCheckpoint(path("{step}.ckpt"), saveFrequency: frequency),
        PretendedSignal(atStep: step, atEpochEnd: true),
      ]
    }
    let store = try CheckpointStore(at: directory.path)
    let first = try stop(callbacks(6), store: store)
    #expect(first.message.contains("after step 6, which is saved"))
    #expect(try store.list().map(\.fileName) == ["6.ckpt"])
    let last = try stop(callbacks(18), store: store)
    #expect(last.message == "stopped by SIGTERM after the last epoch: the training is complete")
    #expect(try store.list().map(\.fileName) == ["6.ckpt", "12.ckpt", "18.ckpt"])
    #expect(try store.list().last?.summary.tags.contains("final") == true)
  }

  @Test("a save that fails is the error, not the signal")
  func failingSave() throws {
    let store = try CheckpointStore(at: directory.path)
    let folder = path(".ckpt")
    let error = try stop([
      ModelCheckpoint(path("{epoch}.ckpt")), StoreBreaker(folder), PretendedSignal(atStep: 8),
    ])
    #expect(error.code == .checkpoint)
    try FileManager.default.removeItem(atPath: folder.string)
    #expect(try store.latest()?.stored.fileName == "1.ckpt")
  }
}

/// Puts a file in the place of a store's own folder when the second epoch begins: saves fail then.
private final class StoreBreaker: Callback {
  private let folder: FilePath

  init(_ folder: FilePath) { self.folder = folder }

  func onEpochBegin(_ epoch: Int, _ training: TrainingSession) throws(TrainerError) {
    guard epoch == 1 else { return }
    try? FileManager.default.removeItem(atPath: folder.string)
    try? Data([1]).write(to: URL(fileURLWithPath: folder.string))
  }
}
