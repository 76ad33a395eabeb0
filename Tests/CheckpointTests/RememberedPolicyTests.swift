import Checkpoint
import CheckpointRetention
import SystemPackage
import Testing

@Suite("A directory remembers its policy")
struct RememberedPolicyTests {
  let directory = TemporaryDirectory()

  private func save(_ range: ClosedRange<Int>, in store: CheckpointStore) throws -> [UInt64] {
    for step in range {
      var checkpoint = Checkpoint(step: UInt64(step))
      checkpoint.tensors["w"] = Tensor([Float(step)])
      try store.save(checkpoint)
    }
    return try store.list().compactMap(\.step)
  }

  @Test("saves apply it, unless the store has one of its own or keeps all")
  func applies() throws {
    let store = try CheckpointStore(at: directory.path)
    #expect(try store.rememberedPolicy() == nil)
    #expect(try save(1...3, in: store) == [1, 2, 3])
    let policy = try RetentionPolicy("last=2,first,max-bytes=1GiB,save=epochs:15min")
    try store.remember(policy)
    #expect(try CheckpointStore(at: directory.path).rememberedPolicy() == policy)
    #expect(try save(4...5, in: store) == [1, 4, 5])
    let keeping = try CheckpointStore(at: directory.path, retention: .keepAll)
    #expect(try save(6...8, in: keeping) == [1, 4, 5, 6, 7, 8])
    let own = try CheckpointStore(
      at: directory.path, retention: .policy(try RetentionPolicy("last=3")))
    #expect(try save(9...9, in: own) == [7, 8, 9])
    #expect(try own.effectivePolicy()?.text == "last=3")
    try store.remember(nil)
    try store.remember(nil)
    #expect(try save(10...11, in: store) == [7, 8, 9, 10, 11])
    #expect(try store.effectivePolicy() == nil)
  }

  @Test(
    "a file that is no policy is an error that says so, not one that removes nothing in silence",
    arguments: ["", "last", "last=5,", "\0", "no-such=1"])
  func damaged(_ text: String) throws {
    let store = try CheckpointStore(at: directory.path)
    try store.remember(try RetentionPolicy("last=1"))
    try directory.write(Array(text.utf8), to: ".ckpt/policy")
    #expect { try store.rememberedPolicy() } throws: { error in
      (error as? CheckpointError)?.code == .corrupt
    }
  }

  @Test("names with line breaks come back, lines may be broken between terms")
  func lineBreaks() throws {
    let store = try CheckpointStore(at: directory.path)
    let policy = try RetentionPolicy([.best(2, metric: "a\nb", mode: .max), .last(1)])
    try store.remember(policy)
    #expect(try store.rememberedPolicy() == policy)
    try directory.write(Array("last=3,\r\n first\n\n".utf8), to: ".ckpt/policy")
    #expect(try store.rememberedPolicy()?.text == "last=3,first")
  }

  @Test("one that could not be read again is not remembered")
  func tooLong() throws {
    let store = try CheckpointStore(at: directory.path)
    let policy = try RetentionPolicy("last=1")
    try store.remember(policy)
    let tag = String(repeating: "t", count: 1 << 16)
    #expect { try store.remember(try RetentionPolicy([.tagged(tag, count: nil)])) } throws: {
      ($0 as? CheckpointError)?.code == .limitExceeded
    }
    #expect(try store.rememberedPolicy() == policy)
  }

  @Test("a read-only store doesn't set it")
  func readOnly() throws {
    _ = try CheckpointStore(at: directory.path)
    let store = try CheckpointStore(
      at: directory.path, options: StoreOptions(access: .readOnly))
    #expect(throws: CheckpointError.self) { try store.remember(try RetentionPolicy("last=1")) }
  }
}
