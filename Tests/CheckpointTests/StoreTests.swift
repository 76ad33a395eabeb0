import Checkpoint
import Foundation
import SystemPackage
import Testing

@Suite("The store")
struct StoreTests {
  let directory = TemporaryDirectory()

  private func checkpoint(_ step: UInt64, loss: Double = 1) -> Checkpoint {
    var checkpoint = Checkpoint(step: step)
    checkpoint.tensors["w"] = Tensor([UInt64](repeating: step, count: 600))
    checkpoint.metrics["val_loss"] = loss
    return checkpoint
  }

  private func flip(_ name: String, at place: (Int) -> Int) throws {
    var bytes = try directory.bytes(name)
    bytes[place(bytes.count)] ^= 1
    try directory.write(bytes, to: name)
  }

  @Test("a damaged newest is reported, and the one before it is used")
  func damagedNewest() throws {
    let store = try CheckpointStore(at: directory.path)
    for step in 1...3 { try store.save(checkpoint(UInt64(step))) }
    try flip("00000003-step-00000003.ckpt") { $0 / 2 }
    let latest = try #require(try store.latest())
    #expect(latest.checkpoint.step == 2)
    #expect(latest.skipped.map(\.stored.fileName) == ["00000003-step-00000003.ckpt"])
    #expect(latest.skipped.first?.error.code == .checksumMismatch)
    #expect(latest.skipped.first?.error.item == "w")
  }

  @Test("the number of an unreadable newest is not given again")
  func unreadableNewest() throws {
    let store = try CheckpointStore(at: directory.path)
    for step in 1...2 { try store.save(checkpoint(UInt64(step))) }
    try directory.write([1, 2, 3], to: "00000002-step-00000002.ckpt")
    let saved = try store.save(checkpoint(2))
    #expect(saved.sequence == 3)
    #expect(try directory.bytes("00000002-step-00000002.ckpt") == [1, 2, 3])
    #expect(try store.latest()?.stored.sequence == 3)
  }

  @Test("a newest whose spare copy is damaged is still the newest", arguments: [false, true])
  func degradedNewest(_ trailer: Bool) throws {
    let store = try CheckpointStore(at: directory.path)
    for step in 1...2 { try store.save(checkpoint(UInt64(step))) }
    try flip("00000002-step-00000002.ckpt") { trailer ? $0 - 1 : 100 }
    #expect(try store.latest()?.checkpoint.step == 2)
    #expect(try store.verify(store.checkpoint(sequence: 2)).state == .degraded)
  }

  @Test("files that are no checkpoints are neither listed nor touched")
  func foreignFiles() throws {
    try directory.write([1, 2, 3], to: "notes.txt")
    try directory.write([], to: "empty")
    try directory.write([9, 9], to: "broken.ckpt")
    let store = try CheckpointStore(at: directory.path)
    try store.save(checkpoint(1))
    let listed = try store.list()
    #expect(listed.map(\.fileName).sorted() == ["00000001-step-00000001.ckpt", "broken.ckpt"])
    #expect(listed.first { $0.fileName == "broken.ckpt" }?.failure?.code == .notACheckpoint)
    #expect(try directory.bytes("notes.txt") == [1, 2, 3])
    #expect(try store.latest()?.checkpoint.step == 1)
  }

  @Test("moving or copying the directory, and touching its files, changes nothing")
  func identity() throws {
    let store = try CheckpointStore(at: directory.file("run"))
    for step in [5, 3, 9] { try store.save(checkpoint(UInt64(step))) }
    try store.pin(store.checkpoint(sequence: 2))
    try FileManager.default.copyItem(
      atPath: directory.file("run").string, toPath: directory.file("copy").string)
    for (place, name) in try FileManager.default.contentsOfDirectory(
      atPath: directory.file("copy").string
    ).sorted().reversed().enumerated() {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: Double(place))],
        ofItemAtPath: directory.file("copy").appending(name).string)
    }
    let copy = try CheckpointStore(at: directory.file("copy"))
    #expect(try copy.list().map(\.fileID) == store.list().map(\.fileID))
    #expect(try copy.list().map(\.isPinned) == [false, true, false])
    #expect(try copy.latest()?.checkpoint.step == 9)
    #expect(try copy.save(checkpoint(1)).sequence == 4)
    #expect(try copy.list().last?.summary.runID == store.list().last?.summary.runID)
  }

  @Test("best: finite values only, ties to the earliest, healthy weights first")
  func best() throws {
    let store = try CheckpointStore(at: directory.path)
    for (step, loss) in [(1, .nan), (2, 0.5), (3, -.infinity), (4, 0.5), (5, 0.9)] {
      try store.save(checkpoint(UInt64(step), loss: loss))
    }
    var poisoned = checkpoint(6, loss: 0.1)
    poisoned.tensors["f"] = Tensor([Float.nan])
    try store.save(poisoned)
    #expect(try store.best(by: "val_loss")?.step == 2)
    #expect(try store.best(by: "val_loss", mode: .max)?.step == 5)
    #expect(try store.best(by: "no_such_acc") == nil)
    #expect(throws: CheckpointError.self) { try store.best(by: "reward") }
    #expect(try store.list().last?.hasNonFinite == true)
  }

  @Test("read-only opens change nothing, and refuse to")
  func readOnly() throws {
    #expect(throws: CheckpointError.self) {
      try CheckpointStore(at: directory.file("none"), options: StoreOptions(access: .readOnly))
    }
    let writing = try CheckpointStore(at: directory.file("run"))
    try writing.save(checkpoint(1))
    let before = try FileManager.default.subpathsOfDirectory(atPath: directory.path.string)
    let reading = try CheckpointStore(
      at: directory.file("run"), options: StoreOptions(access: .readOnly))
    #expect(try reading.latest()?.checkpoint.step == 1)
    #expect { try reading.save(checkpoint(2)) } throws: { error in
      (error as? CheckpointError)?.code == .permissionDenied
    }
    #expect(try FileManager.default.subpathsOfDirectory(atPath: directory.path.string) == before)
  }

  @Test("a second writer waits, or hears who has the lock")
  func lock() throws {
    let slow = try CheckpointStore(at: directory.path)
    let impatient = try CheckpointStore(
      at: directory.path, options: StoreOptions(lockWaitSeconds: 0))
    try slow.withLock { () throws(CheckpointError) in
      do throws(CheckpointError) {
        try impatient.save(checkpoint(1))
        Issue.record("saved in spite of the lock")
      } catch {
        #expect(error.code == .locked)
        let process = ProcessInfo.processInfo
        #expect(
          error.message.hasPrefix(
            "locked by pid \(process.processIdentifier) on host \(process.hostName) since 20"))
      }
    }
    try impatient.save(checkpoint(1))
  }

  @Test("removal needs a sound survivor, and spares pins and strangers")
  func removal() throws {
    let store = try CheckpointStore(at: directory.path)
    for step in 1...3 { try store.save(checkpoint(UInt64(step))) }
    let all = try store.list()
    #expect(throws: CheckpointError.self) { try store.remove(all) }
    #expect(try store.list().count == 3)
    try flip("00000003-step-00000003.ckpt") { $0 / 2 }
    #expect(throws: CheckpointError.self) { try store.remove(Array(all.prefix(2))) }
    try store.remove([all[0]])
    #expect(try store.list().count == 2)
    #expect(throws: CheckpointError.self) { try store.remove([all[0]]) }
  }

  @Test("a reader keeps reading what is removed under it")
  func readersOutliveRemoval() throws {
    let store = try CheckpointStore(at: directory.path)
    for step in 1...2 { try store.save(checkpoint(UInt64(step))) }
    let first = try store.checkpoint(sequence: 1)
    let reader = try store.reader(first)
    try store.remove([first])
    #expect(try reader.elements("w", as: UInt64.self).first == 1)
  }

  @Test("names that can't be names are refused", arguments: ["", ".", "a/b", ".hidden", "x\0y"])
  func names(_ name: String) throws {
    let store = try CheckpointStore(at: directory.path)
    #expect { try store.save(checkpoint(1), as: name) } throws: { error in
      (error as? CheckpointError)?.code == .invalidArgument
    }
    #expect(try store.list().isEmpty)
  }

  @Test("a link that a person gives is followed")
  func links() throws {
    try CheckpointWriter(directory.file("a.ckpt")).write(checkpoint(1))
    try FileManager.default.createSymbolicLink(
      atPath: directory.file("latest").string, withDestinationPath: "a.ckpt")
    #expect(try CheckpointReader(directory.file("latest")).summary.step == 1)
  }
}
