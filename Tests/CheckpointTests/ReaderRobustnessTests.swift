import Checkpoint
import CheckpointFormat
import CheckpointIO
import ContainerSurgery
import SystemPackage
import Testing

@Suite("Robustness of readers and writers")
struct ReaderRobustnessTests {
  let directory = TemporaryDirectory()
  var path: FilePath { directory.file("a.ckpt") }

  private func save(_ checkpoint: Checkpoint) throws {
    try CheckpointWriter(path).write(checkpoint)
  }

  private func salvageError() throws -> CheckpointError? {
    #expect(throws: CheckpointError.self) {
      try Salvage.salvage(path, to: directory.file("b.ckpt"))
    }
  }

  @Test("a document that no reader would take back is not written", arguments: [512, 513])
  func deepDocument(_ depth: Int) throws {
    var checkpoint = Checkpoint()
    checkpoint.documents["config"] = (0..<depth).reduce(1) { value, _ in .array([value]) }
    if depth == 512 {
      try save(checkpoint)
      #expect(try CheckpointReader(path).load().documents == checkpoint.documents)
    } else {
      let error = #expect(throws: CheckpointError.self) { try save(checkpoint) }
      #expect(error?.code == .invalidArgument && error?.item == "config")
      #expect(try directory.names() == [])
    }
  }

  @Test("a document that is no JSON is left out by salvage, and named")
  func brokenDocument() throws {
    var checkpoint = Checkpoint()
    checkpoint.documents = ["a": [1], "b": [2]]
    try save(checkpoint)
    var surgery = ContainerSurgery(try directory.bytes("a.ckpt"))
    surgery.set(.payload, 0, UInt8(ascii: "?"))
    try directory.write(surgery.sealed(), to: "a.ckpt")
    let report = try Salvage.salvage(path, to: directory.file("b.ckpt"))
    #expect(report.lostDocuments == ["a"] && report.lostBlobs == [])
    #expect(report.findings.map(\.rule) == ["document"])
    #expect(try CheckpointReader(directory.file("b.ckpt")).documentNames == ["b"])
  }

  @Test(
    "blocks whose numbers are extreme are refused, never trapped upon",
    arguments: [
      [.max >> 1 - 7, .max >> 1 - 4095, .max >> 1],
      [.max >> 1 - 7, 8192, .max >> 1],
      [1 << 62, .max >> 1 - 4095, .max >> 1],
      [.max - 7, .max - 4095, .max],
      [.max - 7, 8192, 12_288],
      [32, .max - 4095, .max >> 1],
      [32, 8192, 0],
      [32, 8192, 8191],
    ] as [[UInt64]])
  func extremeBlocks(_ numbers: [UInt64]) throws {
    try save(Checkpoint(step: 1))
    var surgery = ContainerSurgery(try directory.bytes("a.ckpt"))
    surgery.setBlocks(88, numbers[0])
    surgery.setBlocks(80, numbers[1])
    surgery.setBlocks(64, numbers[2])
    try directory.write(surgery.sealed(), to: "a.ckpt")
    #expect(throws: CheckpointError.self) { try CheckpointReader(path) }
    let error = try salvageError()
    #expect(error?.rule == "layout" || error?.rule == "truncated", "\(String(describing: error))")
  }

  @Test("salvage doesn't believe a torn file's account of its length", arguments: [36, 50, 61])
  func hugeIndex(_ exponent: UInt64) throws {
    try save(Checkpoint(step: 1))
    var surgery = ContainerSurgery(try directory.bytes("a.ckpt"))
    let length = UInt64(1) << exponent
    surgery.set(88, length)
    surgery.set(72, length + 4096)
    surgery.set(80, length + 4096)
    surgery.set(64, 2 * length + 8192)
    try directory.write(Array(surgery.sealed().prefix(8192)), to: "a.ckpt")
    #expect(try salvageError()?.code == .truncated)
  }

  @Test("rows of tensors without elements can be read, whatever their other dimensions")
  func emptyRows() throws {
    var checkpoint = Checkpoint()
    checkpoint.tensors["x"] = try Tensor(dtype: .u8, shape: [0, .max, .max], bytes: [])
    checkpoint.tensors["y"] = try Tensor(dtype: .f32, shape: [5, 0, .max], bytes: [])
    try save(checkpoint)
    let reader = try CheckpointReader(path)
    #expect(try reader.tensor("x", rows: 0..<0).shape == [0, .max, .max])
    #expect(try reader.tensor("x").count == 0)
    #expect(try reader.tensor("y", rows: 1..<3).shape == [2, 0, .max])
    try reader.read("y", rows: 1..<3, into: UnsafeMutableRawBufferPointer(start: nil, count: 0))
    #expect(try reader.load().tensors == checkpoint.tensors)
    let error = #expect(throws: CheckpointError.self) { try reader.tensor("x", rows: 0..<1) }
    #expect(error?.code == .mismatch)
  }

  @Test("rows that don't begin at bytes are refused, others of the same dtype are read")
  func subByteRows() throws {
    var checkpoint = Checkpoint()
    checkpoint.tensors["odd"] = try Tensor(dtype: .f4, shape: [2, 3], bytes: [1, 2, 3])
    checkpoint.tensors["even"] = try Tensor(dtype: .f4, shape: [2, 4], bytes: [1, 2, 3, 4])
    try save(checkpoint)
    let reader = try CheckpointReader(path)
    let error = #expect(throws: CheckpointError.self) { try reader.tensor("odd", rows: 0..<1) }
    #expect(error?.code == .mismatch)
    let row = try reader.tensor("even", rows: 1..<2)
    #expect(try row == Tensor(dtype: .f4, shape: [1, 4], bytes: [3, 4]))
  }

  @Test("documents and blobs count for the budget of a load")
  func budget() throws {
    var checkpoint = Checkpoint()
    checkpoint.blobs["a"] = [UInt8](repeating: 7, count: 5000)
    try save(checkpoint)
    for (budget, isEnough) in [(4999, false), (5000, true)] as [(UInt64, Bool)] {
      let reader = try CheckpointReader(path, limits: ReadLimits(allocationBytes: budget))
      if isEnough {
        #expect(try reader.load().blobs == checkpoint.blobs)
      } else {
        let error = #expect(throws: CheckpointError.self) { try reader.load() as Checkpoint }
        #expect(error?.code == .limitExceeded)
      }
    }
  }

  @Test("thousands of blobs are read one after the other, not searched for")
  func manyBlobs() throws {
    var checkpoint = Checkpoint()
    for number in 0..<5000 { checkpoint.blobs["random/generator/\(number)"] = [1] }
    try save(checkpoint)
    let start = ContinuousClock.now
    #expect(try CheckpointReader(path).load().blobs == checkpoint.blobs)
    // A linear search would take minutes.
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(try CheckpointReader(path).blob("random/generator/777") == [1])
  }

  @Test("salvage leaves the advice for files of newer programs as it is")
  func newerFeatures() throws {
    try save(Checkpoint(step: 1))
    var surgery = ContainerSurgery(try directory.bytes("a.ckpt"))
    surgery.setBlocks(32, UInt64(1) << 40)
    try directory.write(surgery.sealed(), to: "a.ckpt")
    let error = try salvageError()
    #expect(error?.code == .unsupportedVersion && error?.advice == "use a newer ckpt")
    try directory.write([UInt8](repeating: 7, count: 20_000), to: "a.ckpt")
    #expect(try salvageError()?.advice?.hasPrefix("nothing can be rescued") == true)
  }

  @Test("salvage keeps the report of an earlier salvage")
  func twice() throws {
    var checkpoint = Checkpoint()
    checkpoint.tensors["w"] = Tensor([1, 2, 3] as [Float])
    checkpoint.documents = ["salvage": "first", "salvage-1": "other"]
    try save(checkpoint)
    var bytes = try directory.bytes("a.ckpt")
    bytes[Int(try CheckpointReader(path).chunkInfos("w")[0].byteOffset)] ^= 1
    try directory.write(bytes, to: "a.ckpt")
    _ = try Salvage.salvage(path, to: directory.file("b.ckpt"))
    let documents = try CheckpointReader(directory.file("b.ckpt")).load().documents
    #expect(documents["salvage-2"] == "first" && documents["salvage-1"] == "other")
    #expect(documents["salvage"]?["lost"] != nil)
  }

  @Test("salvage says which names it can't tell apart")
  func unicodeForms() throws {
    var checkpoint = Checkpoint()
    checkpoint.blobs = ["e12": [1], "e34": [2]]
    checkpoint.documents = ["e12": 1, "e34": 2]
    try save(checkpoint)
    var surgery = ContainerSurgery(try directory.bytes("a.ckpt"))
    // "é" in two forms of three and of two bytes: sections end in the same place with a name of 3.
    let names = surgery.place(.names)
    for (record, text) in ["e\u{301}", "x\u{E9}"].enumerated() {
      for kind in 0..<2 {
        let at = names + 6 * kind + 3 * record
        surgery.index.replaceSubrange(at..<at + 3, with: text.utf8)
      }
    }
    for kind in [.documents, .blobs] as [SectionKind] {
      let start = kind == .documents ? UInt64(0) : 6
      surgery.set(kind, record: 1, 0, start + 4)
      surgery.set(kind, record: 1, 8, UInt32(2))
    }
    try directory.write(surgery.sealed(), to: "a.ckpt")
    let report = try Salvage.salvage(path, to: directory.file("b.ckpt"))
    #expect(report.lostBlobs.map { Array($0.utf8) } == [Array("\u{E9}".utf8)])
    #expect(report.lostDocuments.map { Array($0.utf8) } == [Array("\u{E9}".utf8)])
    #expect(report.findings.count == 2)
  }

  @Test("a writer sweeps up what a killed one has left")
  func staleTemporaries() throws {
    try directory.write([1], to: TemporaryName.random())
    try save(Checkpoint(step: 1))
    #expect(try directory.names() == ["a.ckpt"])
  }

  @Test("errors of a save name the file that was to be, not the temporary")
  func names() throws {
    let files = BadFileSystem()
    var checkpoint = Checkpoint()
    checkpoint.tensors["w"] = Tensor([1, 2, 3] as [Float])
    let writer = CheckpointWriter(path, options: SaveOptions(), in: files)
    files.renameErrno = .permissionDenied
    let renaming = #expect(throws: CheckpointError.self) { try writer.write(checkpoint) }
    #expect(renaming?.code == .permissionDenied && renaming?.path == path)
    files.renameErrno = nil
    files.writeErrno = .noSpace
    let writing = #expect(throws: CheckpointError.self) { try writer.write(checkpoint) }
    #expect(writing?.code == .noSpace && writing?.path == path)
    files.writeErrno = nil
    try writer.write(checkpoint)
    let existing = #expect(throws: CheckpointError.self) {
      try writer.write(checkpoint, replacing: false)
    }
    #expect(existing?.code == .exists && existing?.path == path)
    #expect(try directory.names() == ["a.ckpt"])
  }

  @Test("memory to fill is zero, whatever stood there before")
  func zeroedMemory() throws {
    let tensors = (0..<3).map {
      TensorDeclaration(name: "t\($0)", dtype: .u8, shape: [20 << 20])
    }
    let options = SaveOptions(compression: .none)
    try CheckpointWriter(path, options: options).write(Checkpoint(), tensors: tensors) {
      (_, _, buffer) throws(CheckpointError) in
      if buffer.contains(where: { $0 != 0 }) { throw CheckpointError(.mismatch, "not zero") }
      buffer.initializeMemory(as: UInt8.self, repeating: 9)
    }
  }

  private struct Wide: TensorElement {
    var bits: UInt64
    static var dtype: DType { .u8 }
  }

  @Test("an element whose size is not its dtype's stops the program")
  func wrongElement() async {
    await #expect(processExitsWith: .failure) { _ = Tensor([Wide(bits: 1)]) }
    await #expect(processExitsWith: .failure) {
      _ = try Tensor([1] as [UInt8]).elements(as: Wide.self)
    }
  }
}
