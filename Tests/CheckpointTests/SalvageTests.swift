import Checkpoint
import SystemPackage
import Testing

@Suite("Salvage")
struct SalvageTests {
  let directory = TemporaryDirectory()

  /// 40 rows of 65,536 bytes: one row a chunk.
  private func save(_ compression: Compression = .none) throws -> Checkpoint {
    var checkpoint = Checkpoint(step: 7)
    checkpoint.tensors = [
      "model/kernel": Tensor((0..<655_360).map { Float($0) }, shape: [40, 16384]),
      "model/bias": Tensor([1, 2, 3] as [Float]),
    ]
    checkpoint.aliases = ["tied": "model/kernel"]
    checkpoint.documents = ["history": ["loss": [0.5]]]
    checkpoint.blobs = ["random": [1, 2]]
    let options = SaveOptions(compression: compression, chunkSizeBytes: 65536)
    try CheckpointWriter(directory.file("a.ckpt"), options: options).write(checkpoint)
    return checkpoint
  }

  private func salvage() throws -> (SalvageReport, Checkpoint) {
    let report = try Salvage.salvage(directory.file("a.ckpt"), to: directory.file("b.ckpt"))
    let reader = try CheckpointReader(directory.file("b.ckpt"))
    #expect(try reader.verify().state == .intact)
    return (report, try reader.load())
  }

  @Test("loses the rows of a damaged chunk and nothing else", arguments: Compression.allCases)
  func oneChunk(_ compression: Compression) throws {
    let original = try save(compression)
    var bytes = try directory.bytes("a.ckpt")
    let chunk = try CheckpointReader(directory.file("a.ckpt")).chunkInfos("model/kernel")[17]
    bytes[Int(chunk.byteOffset) + 100] ^= 1
    try directory.write(bytes, to: "a.ckpt")
    let (report, rescued) = try salvage()
    #expect(report.losses.map(\.tensor) == ["model/kernel"])
    #expect(report.losses.first?.rows == [17..<18])
    #expect(report.losses.first?.lostBytes == 65536)
    #expect(report.intactTensors == ["model/bias"])
    let before = try original.tensors["model/kernel"]?.elements(as: Float.self) ?? []
    let after = try rescued.tensors["model/kernel"]?.elements(as: Float.self) ?? []
    for (place, value) in after.enumerated() {
      let isLost = (17 * 16384..<18 * 16384).contains(place)
      guard isLost ? value.isNaN : value == before[place] else {
        Issue.record("element \(place) is \(value)")
        return
      }
    }
    #expect(rescued.tags == ["salvaged"])
    #expect(rescued.documents["history"] == original.documents["history"])
    #expect(rescued.documents["salvage"]?["lost"]?[0]?["rows"] == [[17, 18]])
    #expect(rescued.step == 7 && rescued.blobs == original.blobs)
  }

  @Test("makes a file whole that lost spare copies only")
  func spareCopies() throws {
    let original = try save()
    var bytes = try directory.bytes("a.ckpt")
    for place in 0..<4096 { bytes[place] = 0 }
    bytes[bytes.count - 4096 - 100] ^= 1
    try directory.write(bytes, to: "a.ckpt")
    let (report, rescued) = try salvage()
    #expect(report.losses.isEmpty && !report.findings.isEmpty)
    #expect(rescued == original.saved(as: rescued))
  }

  @Test("takes what a truncated file still has")
  func truncated() throws {
    _ = try save()
    let bytes = try directory.bytes("a.ckpt")
    let chunks = try CheckpointReader(directory.file("a.ckpt")).chunkInfos("model/kernel")
    try directory.write(Array(bytes[0..<Int(chunks[30].byteOffset) + 5]), to: "a.ckpt")
    #expect(throws: CheckpointError.self) { try CheckpointReader(directory.file("a.ckpt")) }
    let (report, _) = try salvage()
    #expect(report.losses.first?.rows == [30..<40])
    #expect(report.intactTensors == ["model/bias"])
  }

  @Test("puts an index together from two damaged copies")
  func twoDamagedCopies() throws {
    let original = try save()
    var bytes = try directory.bytes("a.ckpt")
    let length = 32 + 40 * 11
    // The summary in the head, the last section in the tail.
    bytes[4096 + length + 8] ^= 1
    let end = bytes.count - 4096
    let tail = try #require(bytes[0..<end].lastIndex { $0 != 0 })
    bytes[tail] ^= 1
    try directory.write(bytes, to: "a.ckpt")
    let (report, rescued) = try salvage()
    #expect(report.losses.isEmpty && report.findings.count == 2)
    #expect(rescued == original.saved(as: rescued))
  }

  @Test("says so when nothing can be had, and writes nothing")
  func hopeless() throws {
    try directory.write([UInt8](repeating: 7, count: 20000), to: "a.ckpt")
    #expect(throws: CheckpointError.self) {
      try Salvage.salvage(directory.file("a.ckpt"), to: directory.file("b.ckpt"))
    }
    #expect(try directory.names() == ["a.ckpt"])
  }
}

extension Checkpoint {
  /// With what a save adds.
  func saved(as other: Checkpoint) -> Checkpoint {
    var copy = self
    copy.wallTime = other.wallTime
    copy.runID = other.runID
    return copy
  }
}
