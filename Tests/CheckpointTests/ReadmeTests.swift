import Checkpoint
import SystemPackage
import Testing

/// The code of `README.md`, with paths in a temporary directory.
@Suite("The README's code works")
struct ReadmeTests {
  @Test("save and load")
  func saveAndLoad() throws {
    let directory = TemporaryDirectory()
    let run = directory.file("run")
    let weights = [Float](repeating: 0.5, count: 784 * 64)
    // README: save and load
    let store = try CheckpointStore(at: run)
    var checkpoint = Checkpoint(step: 4800, epoch: 12)
    checkpoint.tensors["model/dense/kernel"] = Tensor(weights, shape: [784, 64])
    checkpoint.metrics["val_acc"] = 0.97
    try store.save(checkpoint)  // returns: it survives a power cut

    if let latest = try store.latest() {  // the newest that verifies, every byte checked
      let kernel = try latest.checkpoint.tensors["model/dense/kernel"]?.elements(as: Float.self)
      print(latest.stored.fileName, kernel?.count ?? 0)
    }
    // README: end
    #expect(try store.latest()?.checkpoint.tensors == checkpoint.tensors)
  }

  @Test("one tensor of a large file, and states larger than memory")
  func partsAndStreams() throws {
    let directory = TemporaryDirectory()
    let path = directory.file("large.ckpt")
    // README: parts and streams
    let embedding = TensorDeclaration(name: "embedding", dtype: .f32, shape: [50_000, 16])
    try CheckpointWriter(path, options: SaveOptions(compression: .compact))
      .write(Checkpoint(step: 1), tensors: [embedding]) { name, bytes, buffer in
        buffer.initializeMemory(as: UInt8.self, repeating: 0)  // fill bytes of the tensor
      }

    let reader = try CheckpointReader(path)  // reads the index only
    let rows = try reader.tensor("embedding", rows: 100..<200)  // and this the chunks it needs
    // README: end
    #expect(rows.shape == [100, 16])
    #expect(try reader.verify().state == .intact)
  }

  @Test("keeps what policies say")
  func retention() throws {
    let directory = TemporaryDirectory()
    var checkpoint = Checkpoint(step: 4800, epoch: 12)
    checkpoint.metrics["val_acc"] = 0.97
    let store = try CheckpointStore(at: directory.path, retention: .regular(monitor: "val_acc"))
    for _ in 1...12 { try store.save(checkpoint) }  // saved; then, and not before, old ones may go
    #expect(try store.list().count == 10)

    let policy = try RetentionPolicy("last=5,best=5:val_acc:max,thin=1h:4,first,max-bytes=200GiB")
    let plan = try store.pruningPlan(by: policy)  // changes nothing
    var removedCount = 0
    for (checkpoint, decision) in zip(plan.checkpoints, plan.retention.decisions) {
      if case .remove(let reason, let nearMisses) = decision {
        #expect(reason == .noRule && !nearMisses.isEmpty && checkpoint.sequence > 0)
        removedCount += 1
      }
    }
    try store.prune(plan)  // refused, with nothing removed, if the directory has changed
    #expect(try store.list().count == 10 - removedCount)
  }
}
