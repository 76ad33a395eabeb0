import Checkpoint
import CheckpointFormat
import ContainerSurgery
import Foundation
import SystemPackage
import Testing

/// Each of these was a way to lose a state, or to go on from a wrong one.
@Suite("The store doesn't lose states")
struct StoreRobustnessTests {
  let directory = TemporaryDirectory()

  private func checkpoint(_ step: UInt64) -> Checkpoint {
    var checkpoint = Checkpoint(step: step)
    checkpoint.tensors["w"] = Tensor([UInt64](repeating: step, count: 600))
    return checkpoint
  }

  private func damage(_ name: String) throws {
    var bytes = try directory.bytes(name)
    bytes[bytes.count / 2] ^= 1
    try directory.write(bytes, to: name)
  }

  @Test("a background save never overtakes what was saved after it", arguments: 1...3)
  func backgroundOrder(_ limit: Int) throws {
    for round in 0..<12 {
      let store = try CheckpointStore(
        at: directory.file("\(limit)-\(round)"), options: StoreOptions(backgroundSaveLimit: limit))
      for step in 1...3 { try store.saveInBackground(checkpoint(UInt64(step))) }
      try store.save(checkpoint(4))
      try store.finish()
      #expect(try store.list().map(\.step) == [1, 2, 3, 4])
    }
  }

  @Test("no background error is lost, and none keeps the next state from being saved")
  func backgroundErrors() throws {
    let store = try CheckpointStore(
      at: directory.path, options: StoreOptions(backgroundSaveLimit: 4))
    for name in [".bad1", ".bad2"] { try? store.saveInBackground(checkpoint(1), as: name) }
    #expect(throws: CheckpointError.self) { try store.save(checkpoint(3)) }
    #expect(throws: CheckpointError.self) { try store.finish() }
    try store.finish()
    #expect(try store.list().map(\.step) == [3])
  }

  @Test("where checkpoints are and none is sound, latest says so rather than nothing")
  func allDamaged() throws {
    let store = try CheckpointStore(at: directory.path)
    for step in 1...2 { try store.save(checkpoint(UInt64(step))) }
    for stored in try store.list() { try damage(stored.fileName) }
    #expect { try store.latest() } throws: { error in
      (error as? CheckpointError)?.code == .checksumMismatch
    }
  }

  @Test("a file with the last sequence number there can be is an error of the save, not a crash")
  func lastSequence() throws {
    let store = try CheckpointStore(at: directory.path)
    try store.save(checkpoint(1))
    var surgery = ContainerSurgery(try directory.bytes("00000001-step-00000001.ckpt"))
    surgery.set(.summary, 0, UInt64.max)
    try directory.write(surgery.sealed(), to: "last.ckpt")
    #expect(try store.list().last?.sequence == .max)
    #expect { try store.save(checkpoint(2)) } throws: { error in
      (error as? CheckpointError)?.code == .limitExceeded
    }
  }

  @Test("sequence numbers decide, though the clock was set back and a file can't be read")
  func clock() throws {
    let hour: Int64 = 3_600_000_000_000
    for (step, shift) in [(UInt64(1), hour), (2, -hour)] {
      let created = Timestamp(nanoseconds: Timestamp.now.nanoseconds + shift)
      let store = try CheckpointStore(
        at: directory.path, options: StoreOptions(save: SaveOptions(created: created)))
      try store.save(checkpoint(step))
      try directory.write([9, 9], to: "broken.ckpt")
    }
    #expect(try CheckpointStore(at: directory.path).latest()?.checkpoint.step == 2)
  }

  @Test("pins hold while the directory is moved under an open store")
  func movedPins() throws {
    let store = try CheckpointStore(at: directory.file("run"))
    for step in 1...2 { try store.save(checkpoint(UInt64(step))) }
    try store.pin(store.checkpoint(sequence: 1))
    try FileManager.default.moveItem(
      atPath: directory.file("run").string, toPath: directory.file("moved").string)
    let listed = try store.list()
    #expect(listed.map(\.isPinned) == [true, false])
    #expect(throws: CheckpointError.self) { try store.remove([listed[0]]) }
  }

  @Test("a failure of the system is no verdict on a checkpoint")
  func transientFailures() throws {
    let system = BadFileSystem()
    let before = try CheckpointStore(at: directory.path)
    for step in 1...2 { try before.save(checkpoint(UInt64(step))) }
    let store = try CheckpointStore(at: directory.path, options: StoreOptions(), in: system)
    system.failingOpenCount = 1
    #expect(throws: CheckpointError.self) { try store.latest() }
    #expect(try store.list().map(\.failure) == [nil, nil])
    system.failingOpenCount = 1
    #expect(throws: CheckpointError.self) { try store.latest() }
    #expect(try store.latest()?.checkpoint.step == 2)
    #expect(try store.save(checkpoint(3)).sequence == 3)
  }

  @Test("after the commit nothing fails any more")
  func afterCommit() throws {
    let system = BadFileSystem()
    let store = try CheckpointStore(at: directory.path, options: StoreOptions(), in: system)
    try store.save(checkpoint(1))
    system.soundPinListingCount = 1
    let saved = try store.save(checkpoint(2))
    #expect(saved.step == 2 && saved.sequence == 2)
  }

  @Test("only checkpoints are replaced, and no pinned ones")
  func replacing() throws {
    try directory.write(Array("my thesis".utf8), to: "notes.txt")
    try directory.write(Array("not ours".utf8), to: "model.ckpt")
    let store = try CheckpointStore(at: directory.path)
    for name in ["notes.txt", "model.ckpt"] {
      #expect { try store.save(checkpoint(1), as: name) } throws: { error in
        (error as? CheckpointError)?.code == .exists
      }
    }
    #expect(try directory.bytes("notes.txt") == Array("my thesis".utf8))
    let best = try store.save(checkpoint(2), as: "best.ckpt")
    try store.save(checkpoint(3), as: "best.ckpt")
    #expect(throws: CheckpointError.self) { try store.pin(best) }
    try store.pin(#require(try store.list().first { $0.fileName == "best.ckpt" }))
    #expect(throws: CheckpointError.self) { try store.save(checkpoint(4), as: "best.ckpt") }
    #expect(try store.latest()?.checkpoint.step == 3)
  }

  @Test("removing the same one twice in a call is removing it once")
  func removeTwice() throws {
    let store = try CheckpointStore(at: directory.path)
    for step in 1...2 { try store.save(checkpoint(UInt64(step))) }
    let first = try store.checkpoint(sequence: 1)
    try store.remove([first, first])
    #expect(try store.list().map(\.step) == [2])
  }

  @Test("one training run at a time")
  func runLock() throws {
    let store = try CheckpointStore(at: directory.path)
    let run = try store.beginRun()
    #expect { try CheckpointStore(at: directory.path).beginRun() } throws: { error in
      (error as? CheckpointError)?.code == .locked
    }
    try CheckpointStore(at: directory.path).save(checkpoint(1))
    run.release()
    try CheckpointStore(at: directory.path).beginRun().release()
  }
}
