import Checkpoint
import CheckpointIO
import Foundation
import SystemPackage
import Testing

@testable import CheckpointExchange

@Suite("Checkpoint to another format and back")
struct ExchangeTests {
  let directory = TemporaryDirectory()

  private func sample() -> Checkpoint {
    var checkpoint = Checkpoint(step: 4800, epoch: 12)
    checkpoint.wallTime = Timestamp(nanoseconds: 1_764_000_000_123_456_789)
    checkpoint.runID = .random()
    checkpoint.metrics = ["loss": 0.25, "bad": .infinity]
    checkpoint.pendingMetrics = ["val_loss"]
    checkpoint.tags = ["final"]
    checkpoint.documents = ["architecture": ["class_name": "Sequential"], "history": [1, 2]]
    checkpoint.blobs = ["random/shuffle": Array(0...255)]
    checkpoint.tensors = [
      "model/a/kernel": Tensor((0..<70_000).map { Float($0) }, shape: [700, 100]),
      "model/a/bias": Tensor([BFloat16(1.5)]), "optimizer/iteration": Tensor(scalar: Int64(7)),
      "empty": Tensor([] as [Double], shape: [0, 3]), "ünï": Tensor([true, false]),
    ]
    checkpoint.aliases = ["tied": "model/a/kernel"]
    return checkpoint
  }

  /// Keras' archives are of models alone: KerasExportTests.
  @Test(
    "everything comes back identical", arguments: ExchangeFormat.allCases.filter { $0 != .keras })
  func roundTrip(_ format: ExchangeFormat) throws {
    let checkpoint = sample()
    let (source, back) = (directory.file("a.ckpt"), directory.file("b.ckpt"))
    let foreign = directory.file("a." + format.name)
    try CheckpointWriter(source).write(checkpoint)
    let report = try CheckpointExport(to: format).write(CheckpointReader(source), to: foreign)
    #expect(report.tensorCount == 6)
    // NumPy has no bf16.
    #expect(report.losses.count == (format == .npz ? 1 : 0), "\(report.losses)")
    _ = try CheckpointImport(from: format).write(foreign, to: back)
    #expect(try CheckpointReader(back).load() == checkpoint)
  }

  @Test("nothing is replaced unasked; progress ends where there is nothing left")
  func replacing() throws {
    let (source, foreign) = (directory.file("a.ckpt"), directory.file("a.safetensors"))
    try CheckpointWriter(source).write(sample())
    let reader = try CheckpointReader(source)
    let export = CheckpointExport(to: .safetensors)
    let last = Locked<[UInt64]>([])
    _ = try export.write(reader, to: foreign) { done, total in last.withLock { $0 = [done, total] }
    }
    let (done, total) = last.withLock { ($0[0], $0[1]) }
    #expect(done == total && total > 560_000)
    #expect(
      #expect(throws: CheckpointError.self) { try export.write(reader, to: foreign) }?.code
        == .exists)
    _ = try export.write(reader, to: foreign, replacing: true)
    let back = directory.file("b.ckpt")
    let importing = CheckpointImport(from: .safetensors)
    _ = try importing.write(foreign, to: back)
    #expect(
      #expect(throws: CheckpointError.self) { try importing.write(foreign, to: back) }?.code
        == .exists)
  }

  @Test("a damaged checkpoint gives no file")
  func damaged() throws {
    let source = directory.file("a.ckpt")
    try CheckpointWriter(source).write(sample())
    let offset = try #require(CheckpointReader(source).chunkInfos("model/a/kernel").first)
      .byteOffset
    var bytes = try directory.bytes("a.ckpt")
    bytes[Int(offset) + 5] ^= 1
    try directory.write(bytes, to: "a.ckpt")
    let error = #expect(throws: CheckpointError.self) {
      try CheckpointExport(to: .safetensors).write(
        CheckpointReader(source), to: directory.file("a.safetensors"))
    }
    #expect(error?.code == .checksumMismatch && error?.item == "model/a/kernel")
    #expect(try directory.names() == ["a.ckpt"])
  }

  @Test("names that only differ in their Unicode form stay apart")
  func unicode() throws {
    let source = FilePath(try fixture("safetensors/valid/unicode_names.safetensors").path)
    let importing = CheckpointImport(from: .safetensors)
    // The empty name, which checkpoints can't have, wants another.
    #expect(throws: CheckpointError.self) {
      try importing.write(source, to: directory.file("a.ckpt"))
    }
    var options = ExchangeOptions()
    options.renames = [TensorRename(old: "", new: "nameless")]
    _ = try CheckpointImport(from: .safetensors, options: options)
      .write(source, to: directory.file("a.ckpt"))
    let reader = try CheckpointReader(directory.file("a.ckpt"))
    #expect(reader.tensorCount == 7)
    let original = try SafetensorsReader.read(source, in: PosixFileSystem())
    for tensor in original.tensors where !tensor.name.isEmpty {
      #expect(try reader.tensor(tensor.name).withUnsafeBytes { Array($0) } == tensor.bytes())
    }
  }

  @Test("formats by extension")
  func extensions() {
    for format in ExchangeFormat.allCases {
      #expect(ExchangeFormat(path: FilePath("a/b." + format.name.uppercased())) == format)
      #expect(ExchangeFormat(name: format.name) == format)
    }
    #expect(ExchangeFormat(path: "a.bin") == nil && ExchangeFormat(path: "safetensors") == nil)
  }
}
