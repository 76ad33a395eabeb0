import Checkpoint
import CheckpointTrainer
import Synchronization
import SystemPackage
import Testing

@Suite("ModelCheckpoint")
struct ModelCheckpointTests {
  let directory: TemporaryDirectory
  let training: SmallTraining

  init() throws {
    directory = try TemporaryDirectory()
    training = try SmallTraining()
  }

  private func names() throws -> [String] {
    try CheckpointStore(at: directory.path).list().map(\.fileName)
  }

  @Test("saves each epoch; what is stored rebuilds the model as it was then")
  func everyEpoch() throws {
    let model = try training.model()
    let callback = ModelCheckpoint(directory.path.appending("w-{epoch:02d}.ckpt"))
    try training.fit(model, callbacks: [callback])
    #expect(try names() == ["w-01.ckpt", "w-02.ckpt", "w-03.ckpt"])
    let store = try CheckpointStore(at: directory.path)
    let last = try #require(try store.latest())
    let rebuilt = try Sequential(from: last.checkpoint)
    #expect(try rebuilt.predict(training.inputs) == model.predict(training.inputs))
    #expect(last.stored.epoch == 3)
    #expect(last.stored.step == 18)
    #expect(last.stored.metrics["val_loss"] == model.history["val_loss"].last)
  }

  @Test("keeps to its period: epochs and batches count from the run's first, over all epochs")
  func frequencies() throws {
    let epochs = ModelCheckpoint(
      directory.path.appending("e{epoch}.ckpt"), saveFrequency: .epochs(2))
    let batches = ModelCheckpoint(
      directory.path.appending("b{epoch}-{batch}-{step:03d}.ckpt"), saveFrequency: .batches(4))
    try training.fit(try training.model(), callbacks: [epochs, batches])
    #expect(
      try names() == [
        "b1-4-004.ckpt", "b2-2-008.ckpt", "b2-6-012.ckpt", "e2.ckpt", "b3-4-016.ckpt",
      ])
  }

  @Test("of the best only, by a frequency in batches, judges on the validation data then and there")
  func bestByBatch() throws {
    let callback = ModelCheckpoint(
      directory.path.appending("{step}-{val_loss:.9f}.ckpt"), saveBestOnly: true,
      saveFrequency: .batches(1))
    let recorder = ValidationRecorder()
    try training.fit(try training.model(), callbacks: [recorder, callback])
    var best = Double.infinity
    var expected: [String] = []
    for (index, loss) in recorder.losses.enumerated() where loss < best {
      best = loss
      expected.append("\(index + 1)-\(fixed(loss)).ckpt")
    }
    #expect(try names() == expected)
    #expect(expected.count > 1)
    #expect(callback.best == best)
  }

  private func fixed(_ value: Double) -> String {
    let scaled = String(Int((value * 1e9).rounded()))
    let padded = String(repeating: "0", count: max(0, 10 - scaled.count)) + scaled
    return padded.dropLast(9) + "." + padded.suffix(9)
  }

  @Test("never takes NaN for the best, and says so as Keras does")
  func notANumber() throws {
    let model = try training.model()
    let lines = Lines()
    let callback = ModelCheckpoint(
      directory.path.appending("a.ckpt"), monitor: "val_loss", verbose: 1, saveBestOnly: true)
    model.compile(
      optimizer: SGD(learningRate: .infinity), loss: CategoricalCrossentropy(),
      metrics: [Accuracy()])
    try training.fit(model, callbacks: [callback], lines: lines)
    #expect(model.history["val_loss"].allSatisfy { $0.isNaN })
    #expect(callback.best == nil)
    #expect(try names().isEmpty)
    #expect(lines.text.contains("\nEpoch 1: val_loss did not improve from None\n"))
  }

  @Test("beats the initial threshold first")
  func threshold() throws {
    let lines = Lines()
    let callback = ModelCheckpoint(
      directory.path.appending("a.ckpt"), monitor: "val_loss", verbose: 1, saveBestOnly: true,
      initialThreshold: 1e-6)
    try training.fit(try training.model(), callbacks: [callback], lines: lines)
    #expect(lines.text.contains("Epoch 3: val_loss did not improve from 0.00000\n"))
    #expect(try names().isEmpty)
  }

  @Test("finds val_acc and val_accuracy under either name", arguments: ["acc", "accuracy"])
  func aliases(metric: String) throws {
    let model = try training.model()
    try model.compile(
      optimizer: "rmsprop", loss: "categorical_crossentropy", metrics: [metric])
    let other = metric == "acc" ? "accuracy" : "acc"
    let lines = Lines()
    let callback = ModelCheckpoint(
      directory.path.appending("w-{val_\(other):.2f}.ckpt"), monitor: "val_\(other)", verbose: 1,
      saveBestOnly: true, mode: .max)
    try training.fit(model, callbacks: [callback], epochs: 1, lines: lines)
    #expect(lines.text.contains("Epoch 1: val_\(other) improved from None to 0."))
    #expect(lines.text.contains(" - val_\(metric): 0."))
  }

  @Test("with an unknown key in the name ends the training before it begins")
  func unknownKey() throws {
    let model = try training.model()
    let callback = ModelCheckpoint(directory.path.appending("{val_auc:.2f}.ckpt"))
    #expect {
      try training.fit(model, callbacks: [callback])
    } throws: { error in
      "\(error)".contains(
        "no value is called 'val_auc', there are epoch, batch, step, accuracy, loss, val_accuracy")
    }
    #expect(model.stepCount == 0)
  }

  @Test("with a name that tells no mode, or a path that is none, ends it there too")
  func impossible() throws {
    let path = directory.path.appending("a.ckpt")
    for callback in [
      ModelCheckpoint(path, monitor: "val_quality", saveBestOnly: true),
      ModelCheckpoint(directory.path.appending("{epoch}").appending("a.ckpt")),
      ModelCheckpoint(path, saveFrequency: .epochs(0)),
    ] {
      #expect(throws: TrainerError.self) {
        try training.fit(try training.model(), callbacks: [callback])
      }
    }
  }

  @Test("without the monitored value warns once and saves always, as Keras does")
  func missingMonitor() throws {
    let lines = Lines()
    let callback = ModelCheckpoint(
      directory.path.appending("{epoch}.ckpt"), monitor: "val_mae", saveBestOnly: true, mode: .min)
    try training.fit(try training.model(), callbacks: [callback], lines: lines)
    #expect(try names().count == 3)
    #expect(lines.lines.filter { $0.hasPrefix("warning:") }.count == 1)
  }

  @Test("of weights only leaves out optimizer, position and generators")
  func weightsOnly() throws {
    let callback = ModelCheckpoint(directory.path.appending("w.ckpt"), saveWeightsOnly: true)
    let model = try training.model()
    try training.fit(model, callbacks: [callback])
    let store = try CheckpointStore(at: directory.path)
    let checkpoint = try #require(try store.latest()).checkpoint
    #expect(checkpoint.tensors.keys.allSatisfy { $0.hasPrefix("model/") })
    #expect(checkpoint.blobs.isEmpty)
    #expect(checkpoint.documents["position"] == nil)
    let other = try training.model(seed: 77)
    try other.loadWeights(from: checkpoint)
    #expect(try other.predict(training.inputs) == model.predict(training.inputs))
  }

  @Test("goes on from the store's best where a callback is new to a resumed run")
  func bestFromStore() throws {
    let model = try training.model()
    let every = ModelCheckpoint(directory.path.appending("{epoch}.ckpt"))
    try training.fit(model, callbacks: [every])
    let best = ModelCheckpoint(
      directory.path.appending("best.ckpt"), verbose: 1, saveBestOnly: true)
    let lines = Lines()
    try training.fit(
      try training.model(), callbacks: [best], epochs: 4,
      resumeFrom: CheckpointStore(at: directory.path), lines: lines)
    let known = try #require(model.history["val_loss"].min())
    #expect(best.best.map { $0 <= known } == true)
    #expect(!lines.text.contains("None"))
  }

  @Test("tells of each save just before and just after")
  func events() throws {
    let log = Events()
    let callback = ModelCheckpoint(
      directory.path.appending("{epoch}.ckpt"),
      onSave: { event in
        switch event {
        case .begins(let path): log.add("\(path.lastComponent?.string ?? "") \(exists(path))")
        case .ended(let path): log.add("\(path.lastComponent?.string ?? "") \(exists(path))")
        }
      })
    try training.fit(try training.model(), callbacks: [callback], epochs: 2)
    #expect(log.all == ["1.ckpt false", "1.ckpt true", "2.ckpt false", "2.ckpt true"])
  }

  @Test("in the background saves the same")
  func background() throws {
    let model = try training.model()
    let callback = ModelCheckpoint(
      directory.path.appending("{step}.ckpt"), saveFrequency: .batches(1), savesInBackground: true)
    let capture = Capture(EventRecorder(), EventRecorder())
    try training.fit(model, callbacks: [capture, callback])
    let store = try CheckpointStore(at: directory.path)
    let stored = try store.list()
    #expect(stored.count == 18)
    let batches = capture.moments.filter { $0.name.contains("batch") }
    for (stored, moment) in zip(stored, batches) {
      #expect(try store.load(stored).tensors == moment.checkpoint.tensors)
    }
  }
}

private func exists(_ path: FilePath) -> Bool {
  (try? CheckpointReader(path)) != nil
}

private final class Events: Sendable {
  private let storage = Mutex<[String]>([])
  func add(_ event: String) { storage.withLock { $0.append(event) } }
  var all: [String] { storage.withLock { $0 } }
}

/// The validation loss after every batch.
private final class ValidationRecorder: Callback {
  private(set) var losses: [Double] = []

  func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    losses.append(try training.validationLogs()?["loss"] ?? .nan)
  }
}
