import Checkpoint
import CheckpointRetention
import Foundation
import SystemPackage
import Testing

@Suite("The store prunes")
struct PruningTests {
  let directory = TemporaryDirectory()
  let policy: RetentionPolicy

  init() throws {
    policy = try RetentionPolicy("last=2,best=1:val_loss:min")
  }

  private func checkpoint(_ step: UInt64, loss: Double? = nil) -> Checkpoint {
    var checkpoint = Checkpoint(step: step)
    checkpoint.tensors["w"] = Tensor([UInt64](repeating: step, count: 600))
    checkpoint.metrics["val_loss"] = loss ?? 1 / Double(step)
    return checkpoint
  }

  private func steps(_ store: CheckpointStore) throws -> [UInt64] {
    try store.list().compactMap(\.step)
  }

  private func flip(_ name: String) throws {
    var bytes = try directory.bytes(name)
    bytes[bytes.count / 2] ^= 1
    try directory.write(bytes, to: name)
  }

  @Test("after each save, what the policy doesn't keep is gone, and the best stays")
  func afterEachSave() throws {
    let store = try CheckpointStore(at: directory.path, retention: .policy(policy))
    var expected: [[UInt64]] = [[1], [1, 2], [2, 3], [2, 3, 4], [2, 4, 5]]
    for (number, loss) in [0.9, 0.1, 0.5, 0.4, 0.3].enumerated() {
      try store.save(checkpoint(UInt64(number) + 1, loss: loss))
      #expect(try steps(store) == expected.removeFirst())
    }
    let report = try #require(try store.lastPruning?.get())
    #expect(report.plan.removed.map(\.step) == [3])
    #expect(report.verified?.step == 5)
  }

  @Test("saves in the background prune too, each after it is saved")
  func background() throws {
    let store = try CheckpointStore(
      at: directory.path, retention: .policy(policy),
      options: StoreOptions(backgroundSaveLimit: 2))
    for step in 1...6 { try store.saveInBackground(checkpoint(UInt64(step))) }
    try store.finish()
    #expect(try steps(store) == [5, 6])
  }

  @Test("what can't be pruned doesn't make the save fail, and is told")
  func failure() throws {
    let store = try CheckpointStore(at: directory.path, retention: .policy(policy))
    for step in 1...2 { try store.save(checkpoint(UInt64(step))) }
    try directory.write(Array("last=".utf8), to: ".ckpt/policy")
    let remembering = try CheckpointStore(at: directory.path)
    try remembering.save(checkpoint(3))
    #expect(try steps(store) == [1, 2, 3])
    #expect(throws: CheckpointError.self) { try remembering.lastPruning?.get() }
  }

  @Test("a newest that turns out to be damaged counts as unreadable: older sound ones stay instead")
  func damagedNewest() throws {
    let store = try CheckpointStore(at: directory.path)
    for step in 1...5 { try store.save(checkpoint(UInt64(step), loss: 1)) }
    for step in 4...5 { try flip("0000000\(step)-step-0000000\(step).ckpt") }
    let frozen = try store.pruningPlan(by: policy)
    #expect(frozen.removed.map(\.step) == [2, 3])
    #expect { try store.prune(frozen) } throws: { error in
      (error as? CheckpointError)?.code == .survivorDamaged
    }
    #expect(try steps(store) == [1, 2, 3, 4, 5])
    try store.prune(by: policy)
    #expect(try steps(store) == [1, 2, 3, 4, 5])
    #expect(try store.pruningPlan(by: policy, verifying: true).removed.isEmpty)
    let last = try RetentionPolicy("last=1")
    try store.prune(by: last)
    #expect(try steps(store) == [3, 4, 5])
    #expect(try store.latest()?.stored.step == 3)
  }

  @Test("a best that turns out to be damaged doesn't let its runner-up go")
  func damagedBest() throws {
    let store = try CheckpointStore(at: directory.path)
    for (number, loss) in [0.9, 0.1, 0.2, 0.8, 0.7, 0.6].enumerated() {
      try store.save(checkpoint(UInt64(number) + 1, loss: loss))
    }
    try flip("00000002-step-00000002.ckpt")
    let frozen = try store.pruningPlan(by: policy)
    #expect(frozen.removed.map(\.step) == [1, 3, 4])
    #expect { try store.prune(frozen) } throws: { error in
      (error as? CheckpointError)?.code == .survivorDamaged
    }
    try store.prune(by: policy)
    #expect(try steps(store) == [2, 3, 5, 6])
  }

  @Test("unreadable files, strangers, other runs and pins are not touched")
  func untouched() throws {
    let store = try CheckpointStore(at: directory.path)
    var stranger = checkpoint(1)
    stranger.runID = .random()
    try store.save(stranger)
    try CheckpointWriter(directory.file("given.ckpt")).write(checkpoint(2))
    try directory.write([9, 9], to: "broken.ckpt")
    var own = checkpoint(3)
    own.runID = .random()
    for step in 3...7 {
      own.step = UInt64(step)
      try store.save(own)
    }
    try store.pin(store.checkpoint(sequence: 2))
    let report = try store.prune(by: try RetentionPolicy("last=1"))
    #expect(report.plan.removed.map(\.step) == [4, 5, 6])
    #expect(
      try Set(directory.names()) == [
        ".ckpt", "00000001-step-00000001.ckpt", "given.ckpt", "broken.ckpt",
        "00000002-step-00000003.ckpt", "00000006-step-00000007.ckpt",
      ])
    let others = try store.pruningPlan(by: try RetentionPolicy("last=1"), run: stranger.runID)
    #expect(others.removed.isEmpty)
  }

  @Test("a plan is carried out only on the directory it was made for")
  func stale() throws {
    let store = try CheckpointStore(at: directory.path)
    for step in 1...4 { try store.save(checkpoint(UInt64(step))) }
    let changes: [(CheckpointStore) throws -> Void] = [
      { try $0.save(self.checkpoint(9)) },
      { try $0.pin($0.checkpoint(sequence: 3)) },
      { try $0.remove([$0.checkpoint(sequence: 2)]) },
      { _ in try self.directory.write([1, 2, 3], to: "00000003-step-00000003.ckpt") },
    ]
    for change in changes {
      let plan = try store.pruningPlan(by: policy)
      try change(store)
      let before = try directory.names()
      #expect { try store.prune(plan) } throws: { error in
        (error as? CheckpointError)?.code == .stalePlan
      }
      #expect(try directory.names() == before)
    }
    // What others write beside checkpoints makes no plan stale.
    let plan = try store.pruningPlan(by: policy)
    try directory.write([1], to: "notes.txt")
    try store.prune(plan)
  }

  @Test("moving, copying and touching the directory changes no plan")
  func times() throws {
    let store = try CheckpointStore(at: directory.file("run"))
    for step in [5, 3, 9, 1] { try store.save(checkpoint(UInt64(step))) }
    let plan = try store.pruningPlan(by: policy)
    try FileManager.default.copyItem(
      atPath: directory.file("run").string, toPath: directory.file("copy").string)
    for (place, name) in try FileManager.default.contentsOfDirectory(
      atPath: directory.file("copy").string
    ).sorted().enumerated() {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: Double(1000 - place))],
        ofItemAtPath: directory.file("copy").appending(name).string)
    }
    let copy = try CheckpointStore(at: directory.file("copy")).pruningPlan(
      by: policy, now: Timestamp(nanoseconds: 0))
    #expect(copy.removed.map(\.step) == plan.removed.map(\.step))
    #expect(copy.retention.decisions == plan.retention.decisions)
  }

  @Test("whoever has a checkpoint open reads on; whoever has listed it hears that it is gone")
  func readers() throws {
    let store = try CheckpointStore(at: directory.path)
    for step in 1...3 { try store.save(checkpoint(UInt64(step))) }
    let first = try store.checkpoint(sequence: 1)
    let reader = try store.reader(first)
    try store.prune(by: try RetentionPolicy("last=1"))
    #expect(try reader.elements("w", as: UInt64.self) == [UInt64](repeating: 1, count: 600))
    #expect(try reader.verify().state == .intact)
    #expect { try store.load(first) } throws: { error in
      (error as? CheckpointError)?.code == .notFound
    }
  }

  @Test("copies of a checkpoint that somebody has made stay, and count once")
  func copies() throws {
    let store = try CheckpointStore(at: directory.path)
    for step in 1...5 { try store.save(checkpoint(UInt64(step))) }
    for step in [2, 5] {
      try directory.write(
        directory.bytes("0000000\(step)-step-0000000\(step).ckpt"), to: "backup\(step).ckpt")
    }
    try store.prune(by: try RetentionPolicy("last=2"))
    #expect(try steps(store) == [2, 2, 4, 5, 5])
  }

  @Test("the newest is found though all that were listed are removed before they are loaded")
  func listedAndGone() throws {
    let store = try CheckpointStore(at: directory.path)
    for step in 1...2 { try store.save(checkpoint(UInt64(step))) }
    let disk = BadFileSystem()
    let reader = try CheckpointStore(
      at: directory.path, options: StoreOptions(access: .readOnly), in: disk)
    #expect(try reader.list().count == 2)
    disk.beforeReading = { name in
      guard name == "00000002-step-00000002.ckpt" else { return }
      disk.beforeReading = nil
      _ = try? store.save(self.checkpoint(3))
      _ = try? store.prune(by: RetentionPolicy("last=1"))
    }
    #expect(try reader.latest()?.checkpoint.step == 3)
  }

  @Test("an older one isn't taken for the newest because newer ones come and go while it is listed")
  func listedWhilePruned() throws {
    let store = try CheckpointStore(at: directory.path)
    for step in 1...2 { try store.save(checkpoint(UInt64(step))) }
    let disk = BadFileSystem()
    let reader = try CheckpointStore(
      at: directory.path, options: StoreOptions(access: .readOnly), in: disk)
    disk.beforeReading = { _ in
      disk.beforeReading = nil
      _ = try? store.save(self.checkpoint(3))
      _ = try? store.prune(by: RetentionPolicy("first,last=1"))
    }
    #expect(try reader.latest()?.checkpoint.step == 3)
    #expect(try reader.list().map(\.step) == [1, 3])
  }
}
