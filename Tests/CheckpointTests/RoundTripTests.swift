import Checkpoint
import SystemPackage
import Testing

@Suite("What is saved comes back")
struct RoundTripTests {
  let directory = TemporaryDirectory()

  @Test("every number type of Swift, in one line each", arguments: Compression.allCases)
  func numberTypes(_ compression: Compression) throws {
    var checkpoint = Checkpoint(step: 4800, epoch: 12)
    checkpoint.wallTime = Timestamp(nanoseconds: 1_700_000_000_000_000_000)
    checkpoint.tensors = [
      "bool": Tensor([true, false, true]),
      "u8": Tensor([1, 2, 255] as [UInt8]),
      "i8": Tensor([-128, 0, 127] as [Int8]),
      "u16": Tensor([1, .max] as [UInt16]),
      "i16": Tensor([.min, 7] as [Int16]),
      "u32": Tensor([1, .max] as [UInt32]),
      "i32": Tensor([.min, 7] as [Int32]),
      "u64": Tensor([1, .max] as [UInt64]),
      "i64": Tensor([.min, 7] as [Int64]),
      "int": Tensor([.min, 7] as [Int]),
      "f16": Tensor([1.5, -.infinity] as [Float16]),
      "bf16": Tensor([BFloat16(1.5), BFloat16(-3)]),
      "f32": Tensor([1.5, -0, .nan, .leastNonzeroMagnitude] as [Float], shape: [2, 2]),
      "f64": Tensor([1.5, .pi] as [Double], shape: [2, 1, 1]),
      "c64": Tensor([Complex64(1, -2)]),
      "scalar": Tensor(scalar: Int64(42)),
      "empty": Tensor([] as [Float], shape: [3, 0, 5]),
      "large": Tensor((0..<700_000).map { Float($0 % 1000) * 0.001 }, shape: [700, 1000]),
    ]
    checkpoint.aliases = ["tied": "large"]
    checkpoint.metrics = ["val_acc": 0.97, "loss": .nan]
    checkpoint.pendingMetrics = ["bleu"]
    checkpoint.tags = ["final", "überprüft"]
    checkpoint.documents = ["architecture": ["layers": [1, 2.5, "x", nil, true]]]
    checkpoint.blobs = ["random/dropout": [1, 2, 3], "empty": []]

    let path = directory.file("a.ckpt")
    let writer = CheckpointWriter(
      path, options: SaveOptions(compression: compression, digests: true))
    try writer.write(checkpoint)
    let reader = try CheckpointReader(path)
    let loaded: Checkpoint = try reader.load()
    #expect(loaded.tensors == checkpoint.tensors)
    #expect(loaded.aliases == checkpoint.aliases)
    #expect(loaded.documents == checkpoint.documents)
    #expect(loaded.blobs == checkpoint.blobs)
    #expect(loaded.tags == checkpoint.tags)
    #expect(loaded.pendingMetrics == checkpoint.pendingMetrics)
    #expect(loaded.metrics["val_acc"] == 0.97)
    #expect(loaded.metrics["loss"]?.isNaN == true)
    #expect(loaded.step == 4800 && loaded.epoch == 12)
    #expect(loaded.wallTime == checkpoint.wallTime)
    #expect(try reader.tensor("tied") == checkpoint.tensors["large"])
    #expect(try reader.elements("f64", as: Double.self) == [1.5, .pi])
    #expect(try reader.tensor("large", rows: 300..<302).elements(as: Float.self).count == 2000)
    #expect(reader.summary.nonFiniteCount == 2)
    let verification = try reader.verify()
    #expect(verification.state == .intact, "\(verification.findings)")
    #expect(try directory.names() == ["a.ckpt"])
  }

  @Test("through a store, newest first")
  func store() throws {
    let store = try CheckpointStore(at: directory.file("run"))
    #expect(try store.latest()?.checkpoint == nil)
    for step in 1...3 {
      var checkpoint = Checkpoint(step: UInt64(step) * 10)
      checkpoint.tensors["w"] = Tensor([Float(step)])
      checkpoint.metrics["val_acc"] = step == 2 ? 0.9 : 0.5
      try store.save(checkpoint)
    }
    #expect(try store.list().map(\.sequence) == [1, 2, 3])
    #expect(try store.latest()?.checkpoint.step == 30)
    #expect(try store.best(by: "val_acc")?.step == 20)
    try store.pin(try store.checkpoint(sequence: 2))
    #expect(try store.list().map(\.isPinned) == [false, true, false])
    #expect(throws: CheckpointError.self) { try store.remove([store.checkpoint(sequence: 2)]) }
    try store.remove([store.checkpoint(sequence: 1)])
    #expect(
      try store.list().map(\.fileName) == [
        "00000002-step-00000020.ckpt", "00000003-step-00000030.ckpt",
      ])
  }
}
