import Checkpoint
import Foundation
import SystemPackage
import Testing

@testable import CheckpointTrainer

@Suite("Retention while training")
struct RetentionInTrainingTests {
  let directory: TemporaryDirectory
  let training: SmallTraining
  let lines = Lines()

  init() throws {
    directory = try TemporaryDirectory()
    training = try SmallTraining()
  }

  private func path(_ name: String) -> FilePath { directory.path.appending(name) }

  private func warnings() -> [Substring] { lines.lines.filter { $0.hasPrefix("warning: ") } }

  @Test("by the short strategy never more than four stay, the best and the last three among them")
  func short() throws {
    let policy = try RetentionPolicy.short(monitor: "val_loss", minimumIntervalSeconds: 0)
    let store = try CheckpointStore(at: directory.path, retention: .policy(policy))
    let counter = CountRecorder(of: store)
    let model = try training.model()
    try training.fit(
      model, callbacks: [ModelCheckpoint(path("{epoch:02d}.ckpt"), store: store), counter],
      epochs: 20, lines: lines)
    #expect(counter.counts.count == 20)
    #expect(counter.counts.allSatisfy { (1...4).contains($0) })
    let losses = model.history["val_loss"]
    let best = try #require(losses.indices.min { losses[$0] < losses[$1] }) + 1
    let expected = Set([best, 18, 19, 20])
    #expect(Set(try store.list().compactMap { $0.epoch.map(Int.init) }) == expected)
    #expect(try store.best(by: "val_loss")?.metrics["val_loss"] == losses[best - 1])
    #expect(try store.list().last?.summary.tags.contains("final") == true)
    #expect(warnings().isEmpty)
  }

  @Test("says what was removed, if it says anything")
  func removals() throws {
    for verbose in [0, 1] {
      let directory = try TemporaryDirectory()
      let lines = Lines()
      let store = try CheckpointStore(
        at: directory.path, retention: .policy(try RetentionPolicy("last=2")))
      let callback = ModelCheckpoint(
        directory.path.appending("{epoch}.ckpt"), store: store, verbose: verbose)
      try training.fit(try training.model(), callbacks: [callback], epochs: 4, lines: lines)
      let told = lines.lines.filter { $0.hasPrefix("removed") }
      #expect(told.count == verbose * 2)
      #expect(
        told.allSatisfy {
          $0.wholeMatch(of: #/removed 1 checkpoint \([0-9.]+ [KM]?i?B\); 2 stay/#) != nil
        }, "\(told)")
    }
  }

  @Test(
    "a name that somebody has pinned is not replaced, and doesn't end the training",
    arguments: [false, true])
  func pinnedName(_ savesInBackground: Bool) throws {
    let store = try CheckpointStore(at: directory.path)
    func callback() -> ModelCheckpoint {
      ModelCheckpoint(path("last.ckpt"), store: store, savesInBackground: savesInBackground)
    }
    try training.fit(try training.model(), callbacks: [callback()], epochs: 1)
    try store.pin(store.checkpoint(sequence: 1))
    let model = try training.model()
    try training.fit(
      model, callbacks: [callback()], epochs: 3, resumeFrom: store, lines: lines)
    #expect(try store.list().map(\.epoch) == [1, 2, 3])
    #expect(try store.list().first?.fileName == "last.ckpt")
    #expect(warnings().count == (savesInBackground ? 0 : 2))
  }

  @Test("a policy that can't be read is told of once, and training goes on, saving each epoch")
  func unreadablePolicy() throws {
    let store = try CheckpointStore(at: directory.path)
    try store.remember(try RetentionPolicy("last=1,save=epochs:1h"))
    try "nonsense=".write(
      toFile: path(".ckpt/policy").string, atomically: false, encoding: .utf8)
    try training.fit(
      try training.model(), callbacks: [ModelCheckpoint(path("{epoch}.ckpt"))], epochs: 4,
      lines: lines)
    #expect(try store.list().count == 4)
    #expect(warnings().count == 2)
    #expect(warnings().last?.hasPrefix("warning: nothing was pruned: ") == true)
  }

  @Test("a tracked metric that isn't reported is told of, its other spelling is found")
  func missingMetric() throws {
    let policy = try RetentionPolicy("last=1,best=1:val_acc:max,best=1:val_f1:max,best=1:acc:max")
    let store = try CheckpointStore(at: directory.path, retention: .policy(policy))
    let callbacks = ["a.ckpt", "b.ckpt"].map { ModelCheckpoint(path($0), store: store) }
    try training.fit(try training.model(), callbacks: callbacks, epochs: 1, lines: lines)
    #expect(
      warnings() == [
        "warning: no checkpoint will be kept as the best by \"val_f1\", which this training doesn't "
          + "report; there are accuracy, loss, val_accuracy, val_loss"
      ])
  }

  @Test("a name that can't tell an epoch's saves apart is told of")
  func collisions() throws {
    let policy = try RetentionPolicy.long(monitor: nil)
    let store = try CheckpointStore(at: directory.path, retention: .policy(policy))
    let callbacks = ["last.ckpt", "{step}.ckpt", "{epoch}-{batch}.ckpt", "{epoch}.ckpt"].map {
      ModelCheckpoint(path($0), store: store)
    }
    try training.fit(try training.model(), callbacks: callbacks, epochs: 1, lines: lines)
    #expect(warnings().count == 1)
    #expect(warnings().first?.contains("'{epoch}.ckpt' has neither {step} nor {batch}") == true)
  }

  @Test("by batches too, the metrics that the policy ranks by are computed")
  func batches() throws {
    let policy = try RetentionPolicy("last=1,best=1:val_loss:min")
    let store = try CheckpointStore(at: directory.path, retention: .policy(policy))
    let callback = ModelCheckpoint(
      path("{step}.ckpt"), store: store, saveFrequency: .batches(4))
    try training.fit(try training.model(), callbacks: [callback])
    #expect(try store.list().allSatisfy { $0.metrics["val_loss"] != nil })
  }
}

/// How many checkpoints there are after each epoch.
private final class CountRecorder: Callback {
  private let store: CheckpointStore
  private(set) var counts: [Int] = []

  init(of store: CheckpointStore) { self.store = store }

  func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    counts.append((try? store.list().count) ?? 0)
  }
}
