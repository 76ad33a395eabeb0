import Checkpoint
import CheckpointRetention
import SystemPackage
import Testing

/// Each of these was a way to lose a checkpoint that was to stay.
@Suite("Pruning doesn't lose what was to stay")
struct PruningSafetyTests {
  let directory = TemporaryDirectory()

  private func save(
    _ step: UInt64, weight: Float = 1, as name: String? = nil, in store: CheckpointStore
  ) throws {
    var checkpoint = Checkpoint(step: step)
    checkpoint.tensors["w"] = Tensor([Float](repeating: weight, count: 600))
    try store.save(checkpoint, as: name)
  }

  private func flip(_ name: String) throws {
    var bytes = try directory.bytes(name)
    bytes[bytes.count / 2] ^= 1
    try directory.write(bytes, to: name)
  }

  @Test("healthy ones don't go for one that is damaged, though the newest, with NaN, is intact")
  func damagedNewestHealthy() throws {
    let store = try CheckpointStore(at: directory.path)
    for step in 1...3 { try save(UInt64(step), in: store) }
    try save(4, weight: .nan, in: store)
    try flip("00000003-step-00000003.ckpt")
    let policy = try RetentionPolicy("last=1")
    let plan = try store.pruningPlan(by: policy)
    #expect(plan.removed.map(\.step) == [1, 2])
    #expect { try store.prune(plan) } throws: { error in
      (error as? CheckpointError)?.code == .survivorDamaged
    }
    #expect(try store.prune(by: policy).plan.removed.map(\.step) == [1])
    #expect(try store.list().map(\.step) == [2, 3, 4])
  }

  @Test("names that look the same and are two to the disk stand for two checkpoints")
  func equivalentNames() throws {
    let store = try CheckpointStore(at: directory.path)
    try save(1, as: "\u{E9}.ckpt", in: store)
    try save(2, as: "e\u{301}.ckpt", in: store)
    try save(3, in: store)
    // There are file systems to which they are one.
    guard try store.list().count == 3 else { return }
    try store.prune(by: try RetentionPolicy("first,last=1"))
    #expect(try store.list().map(\.step) == [1, 3])
  }
}
