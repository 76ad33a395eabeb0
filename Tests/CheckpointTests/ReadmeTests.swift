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
}
