import Checkpoint
import SystemPackage
import Testing

@testable import CheckpointTrainer

/// Six batches make an epoch of the small training.
@Suite("ModelCheckpoint by a cadence")
struct CadenceTests {
  let directory: TemporaryDirectory
  let training: SmallTraining
  let lines = Lines()

  init() throws {
    directory = try TemporaryDirectory()
    training = try SmallTraining()
  }

  private var store: CheckpointStore {
    get throws { try CheckpointStore(at: directory.path) }
  }

  private func names() throws -> [String] { try store.list().map(\.fileName) }

  private func tagged() throws -> [String] {
    try store.list().filter { $0.summary.tags.contains("final") }.map(\.fileName)
  }

  private func path(_ name: String) -> FilePath { directory.path.appending(name) }

  @Test("saves each epoch, the minimum apart, and the end, which is marked")
  func everyEpoch() throws {
    let clock = FakeClock(batchSeconds: 1)
    let callback = clock.saves(
      path("{epoch}.ckpt"), frequency: .cadence(.everyEpoch(minimumIntervalSeconds: 18)))
    try training.fit(try training.model(), callbacks: [clock, callback], epochs: 8)
    #expect(try names() == ["1.ckpt", "4.ckpt", "7.ckpt", "8.ckpt"])
    #expect(try tagged() == ["8.ckpt"])
  }

  @Test("saves every so many epochs as fill the interval, and the end")
  func interval() throws {
    let clock = FakeClock(batchSeconds: 50)
    let callback = clock.saves(
      path("{epoch}.ckpt"), frequency: .cadence(.epochs(intervalSeconds: 700)))
    try training.fit(try training.model(), callbacks: [clock, callback], epochs: 7)
    #expect(try names() == ["3.ckpt", "6.ckpt", "7.ckpt"])
    #expect(try tagged() == ["7.ckpt"])
  }

  @Test("saves when a multiple of a save's cost has gone by, within epochs, with validation values")
  func cost() throws {
    let clock = FakeClock(batchSeconds: 10, saveSeconds: 8)
    let policy = try RetentionPolicy(
      [.all, .best(1, metric: "val_loss", mode: .min)],
      cadence: .cost(factor: 5, minimumSeconds: 30, maximumSeconds: 100))
    let store = try CheckpointStore(at: directory.path, retention: .policy(policy))
    let callback = clock.saves(path("{step:02d}.ckpt"), store: store)
    try training.fit(
      try training.model(), callbacks: [clock, callback], epochs: 2, lines: lines)
    // At first after the minimum; then after 5 times 8 s.
    #expect(try names() == ["03.ckpt", "07.ckpt", "11.ckpt", "12.ckpt"])
    #expect(try tagged() == ["12.ckpt"])
    for stored in try store.list() {
      #expect(stored.metrics["val_loss"]?.isFinite == true, "\(stored.fileName)")
    }
    #expect(!lines.text.contains("warning"))
  }

  @Test("trains the same whenever it saves, and goes on exactly after a crash")
  func exactness() throws {
    let whole = try training.model()
    try training.fit(whole)
    let cadence = SaveCadence.cost(factor: 1, minimumSeconds: 7, maximumSeconds: 7)
    for stop in [8, 12, 13] {
      let directory = try TemporaryDirectory()
      let path = directory.path.appending("{step}.ckpt")
      for batchSeconds in [3.0, 5.0] {
        let clock = FakeClock(batchSeconds: batchSeconds)
        let callback = clock.saves(path, frequency: .cadence(cadence))
        let model = try training.model(seed: batchSeconds == 3 ? 9 : 77)
        let cut: [any Callback] = batchSeconds == 3 ? [PowerCut(after: stop)] : []
        _ = try? training.fit(
          model, callbacks: [clock, callback] + cut,
          resumeFrom: try CheckpointStore(at: directory.path))
        if cut.isEmpty {
          #expect(try model.checkpoint().tensors == whole.checkpoint().tensors)
          #expect(model.history == whole.history)
        }
      }
    }
  }

  @Test("takes the cadence of the store's policy, be it given or remembered; else each epoch")
  func fromStore() throws {
    let policy = try RetentionPolicy("all,save=epochs:12s")
    let clock = FakeClock(batchSeconds: 1)
    func train(_ name: String, _ store: CheckpointStore?) throws {
      let callback = clock.saves(path("\(name){epoch}.ckpt"), store: store)
      try training.fit(try training.model(), callbacks: [clock, callback], epochs: 4)
    }
    try train("none", nil)
    try train("given", try CheckpointStore(at: directory.path, retention: .policy(policy)))
    try store.remember(policy)
    try train("remembered", nil)
    try train("all", try CheckpointStore(at: directory.path, retention: .keepAll))
    let expected = [
      "none1", "none2", "none3", "none4", "given2", "given4", "remembered2", "remembered4",
      "all1", "all2", "all3", "all4",
    ]
    #expect(try names() == expected.map { $0 + ".ckpt" })
    #expect(try tagged() == ["given4.ckpt", "remembered4.ckpt"])
  }

  @Test("marks the end also where a later callback decides on it, and only once")
  func earlyStop() throws {
    let model = try training.model()
    for dueAtEnd in [true, false] {
      let name = dueAtEnd ? "due" : "not"
      let clock = FakeClock(batchSeconds: 1)
      let callback = clock.saves(
        path(name + "{epoch}.ckpt"),
        frequency: .cadence(.everyEpoch(minimumIntervalSeconds: dueAtEnd ? 0 : 1000)))
      try training.fit(model, callbacks: [clock, callback, Stopper(after: 2)], epochs: 5)
    }
    #expect(try names() == ["due1.ckpt", "due2.ckpt", "not1.ckpt", "not2.ckpt"])
    #expect(try tagged() == ["due2.ckpt", "not2.ckpt"])
  }

  @Test("a finished run that is called again saves nothing more")
  func again() throws {
    for epochs in [2, 2, 3, 3] {
      let clock = FakeClock(batchSeconds: 1)
      let callback = clock.saves(
        path("{epoch}.ckpt"), frequency: .cadence(.everyEpoch(minimumIntervalSeconds: 1000)))
      try training.fit(
        try training.model(), callbacks: [clock, callback, Stopper(after: 9)], epochs: epochs,
        resumeFrom: try store)
    }
    let stored = try store.list()
    #expect(stored.map(\.fileName) == ["1.ckpt", "2.ckpt", "3.ckpt"])
    #expect(stored.map(\.sequence) == [1, 2, 3])
    #expect(try tagged() == ["2.ckpt", "3.ckpt"])
  }

  @Test("a run that crashed before its end could be marked marks it when it is called again")
  func markedLater() throws {
    let frequency = ModelCheckpoint.SaveFrequency.cadence(.everyEpoch(minimumIntervalSeconds: 0))
    try training.fit(
      try training.model(), callbacks: [ModelCheckpoint(path("{epoch}.ckpt"))], epochs: 2)
    #expect(try tagged() == [])
    try training.fit(
      try training.model(),
      callbacks: [ModelCheckpoint(path("{epoch}.ckpt"), saveFrequency: frequency)], epochs: 2,
      resumeFrom: try store)
    #expect(try names() == ["1.ckpt", "2.ckpt"])
    #expect(try tagged() == ["2.ckpt"])
  }

  @Test("a run that stands in the middle of an epoch and may train no more has no end to save")
  func noEnd() throws {
    for (steps, epochs) in [(8, 3), (0, 1)] {
      let callbacks: [any Callback] = [
        ModelCheckpoint(
          path("{step}.ckpt"), saveFrequency: .cadence(.everyEpoch(minimumIntervalSeconds: 0)))
      ]
      let stop: [any Callback] = steps > 0 ? [PretendedSignal(atStep: steps)] : []
      _ = try? training.fit(
        try training.model(), callbacks: callbacks + stop, epochs: epochs, resumeFrom: try store)
      #expect(try names() == ["6.ckpt", "8.ckpt"])
      #expect(try tagged() == [])
    }
  }
}
