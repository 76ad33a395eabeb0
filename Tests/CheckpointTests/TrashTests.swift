import Checkpoint
import CheckpointRetention
import SystemPackage
import Testing

@Suite("The trash")
struct TrashTests {
  let directory = TemporaryDirectory()

  private func makeStore(_ range: ClosedRange<Int>) throws -> CheckpointStore {
    let store = try CheckpointStore(at: directory.path)
    for step in range {
      var checkpoint = Checkpoint(step: UInt64(step))
      checkpoint.tensors["w"] = Tensor([Float(step)])
      try store.save(checkpoint, as: "step-\(step).ckpt")
    }
    return store
  }

  private func prune(_ store: CheckpointStore, _ policy: String) throws -> PruningReport {
    try store.prune(by: try RetentionPolicy(policy), toTrash: true)
  }

  @Test("what was moved there comes back as it was, one pruning at a time, the last first")
  func undo() throws {
    let store = try makeStore(1...6)
    let before = try store.list()
    #expect(try prune(store, "last=4").trashBatch == 1)
    #expect(try prune(store, "last=1").trashBatch == 2)
    #expect(try store.trash().map(\.fileName) == (1...5).map { "step-\($0).ckpt" })
    #expect(try store.trash().map(\.batch) == [1, 1, 2, 2, 2])
    #expect(try store.list().count == 1)
    #expect(try store.restoreFromTrash().count == 3)
    #expect(try store.list().compactMap(\.step) == [3, 4, 5, 6])
    #expect(try store.restoreFromTrash().count == 2)
    #expect(try store.list() == before)
    #expect(try store.restoreFromTrash().isEmpty)
  }

  @Test("nothing is replaced when it comes back")
  func clash() throws {
    let store = try makeStore(1...3)
    _ = try prune(store, "last=1")
    try directory.write([7], to: "step-2.ckpt")
    #expect { try store.restoreFromTrash() } throws: { error in
      (error as? CheckpointError)?.code == .exists
    }
    #expect(try directory.bytes("step-2.ckpt") == [7])
    #expect(try store.trash().count == 2)
  }

  @Test("emptied, it frees the space for good")
  func empty() throws {
    let store = try makeStore(1...3)
    _ = try prune(store, "last=1")
    #expect(try store.emptyTrash().count == 2)
    #expect(try store.trash().isEmpty)
    #expect(try store.restoreFromTrash().isEmpty)
    #expect(try store.emptyTrash().isEmpty)
  }

  @Test("what the trash can't take is refused before anything is moved")
  func limits() throws {
    let long = String(repeating: "n", count: 250)
    let store = try makeStore(1...3)
    var checkpoint = Checkpoint(step: 4)
    checkpoint.tensors["w"] = Tensor([Float(4)])
    try store.save(checkpoint, as: long)
    try store.save(checkpoint, as: "last.ckpt")
    func expectRefusal() throws {
      let before = try directory.names()
      #expect { try prune(store, "last=1") } throws: { error in
        (error as? CheckpointError)?.code == .limitExceeded
      }
      #expect(try directory.names() == before)
    }
    try expectRefusal()
    try store.remove(store.list().filter { $0.fileName == long })
    _ = try prune(store, "last=3")
    try directory.write([1], to: ".ckpt/trash/\(UInt64.max)-x.ckpt")
    try expectRefusal()
    try store.emptyTrash()
    #expect(try prune(store, "last=1").trashBatch == 1)
  }

  @Test("what others have put there is left alone")
  func strangers() throws {
    let store = try makeStore(1...3)
    _ = try prune(store, "last=1")
    for name in ["notes", "1-x.ckpt", "-", "00000009-"] {
      try directory.write([1], to: ".ckpt/trash/\(name)")
    }
    #expect(try store.trash().map(\.batch) == [1, 1])
    try store.emptyTrash()
    #expect(try directory.bytes(".ckpt/trash/notes") == [1])
  }
}
