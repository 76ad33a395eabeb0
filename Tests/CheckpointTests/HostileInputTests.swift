import Checkpoint
import CheckpointFormat
import ContainerSurgery
import SystemPackage
import Testing

@Suite("Files made to do harm")
struct HostileInputTests {
  let directory = TemporaryDirectory()

  /// Opens, verifies and reads everything; typed errors are what may come.
  private func readAll(_ bytes: [UInt8]) {
    do throws(CheckpointError) {
      let reader = try CheckpointReader("hostile", in: MemoryFileSystem(bytes))
      _ = try reader.verify()
      _ = "\(reader.summary) \(reader.created) \(reader.fileID)"
      for name in reader.tensorNames {
        _ = try reader.info(name)
        guard let tensor = try? reader.tensor(name) else { continue }
        _ = tensor.count
        _ = try? tensor.elements(as: Float.self)
        _ = try? reader.tensor(name, rows: 0..<1)
        _ = try? reader.tensor(name, rows: 0..<0)
      }
      let _: Checkpoint = try reader.load()
    } catch {}
  }

  @Test("every number of the index, set to every extreme, is an error or harmless")
  func indexNumbers() {
    let sound = RuleCase.sound
    for at in stride(from: 0, to: sound.index.count, by: 4) {
      for value in [1, .max, 0x8000_0000] as [UInt32] {
        var surgery = sound
        surgery.setIndex(at, value)
        readAll(surgery.sealed())
      }
      guard at % 8 == 0, at + 8 <= sound.index.count else { continue }
      for value in [0, .max - 7, UInt64(Int64.max)] as [UInt64] {
        var surgery = sound
        surgery.setIndex(at, value)
        readAll(surgery.sealed())
      }
    }
  }

  @Test("every number of the blocks, set to every extreme, is an error or harmless")
  func blockNumbers() {
    let sound = RuleCase.sound
    for at in stride(from: 8, to: 168, by: 4) {
      for value in [0, 1, .max, 0x8000_0000, 4096] as [UInt32] {
        var surgery = sound
        surgery.setBlocks(at, value)
        readAll(surgery.sealed())
      }
      guard at % 8 == 0 else { continue }
      for value in [.max, .max - 7, .max - 4095, 1 << 63, UInt64(Int64.max), 1 << 40] as [UInt64] {
        var surgery = sound
        surgery.setBlocks(at, value)
        readAll(surgery.sealed())
      }
    }
  }

  @Test("shapes whose product fits only because of a 0 are read, and counted")
  func shapes() throws {
    let shapes = [
      [0, 1 << 40, 1 << 40], [Int.max, 2, 0], [5, Int.max, 2, 0], [0, Int.max, Int.max],
    ]
    var checkpoint = Checkpoint()
    for (number, shape) in shapes.enumerated() where number != 2 {
      checkpoint.tensors["\(number)"] = try Tensor(dtype: .f32, shape: shape, bytes: [])
    }
    try CheckpointWriter(directory.file("a")).write(checkpoint)
    let reader = try CheckpointReader(directory.file("a"))
    for number in [0, 1, 3] {
      let tensor = try reader.tensor("\(number)")
      #expect(tensor.shape == shapes[number] && tensor.count == 0)
      #expect(try tensor.elements(as: Float.self) == [])
      #expect(try reader.tensor("\(number)", rows: 0..<0).count == 0)
    }
    #expect(throws: CheckpointError.self) {
      try Tensor(dtype: .f32, shape: shapes[2], bytes: [])
    }
    #expect(try reader.verify().state == .intact)
  }

  @Test("a run of zeros that decodes to more than the budget is refused before it is decoded")
  func decodeBomb() throws {
    let contents = try IndexContents(
      summary: CheckpointSummary(),
      tensors: [TensorDeclaration(name: "bomb", dtype: .u8, shape: [3, 1 << 33])], documents: [:],
      blobs: [:], chunkSizeBytes: 1 << 26, hasDigests: false)
    let bytes = ContainerForge.container(contents)
    #expect(bytes.count < 100_000)
    let reader = try CheckpointReader("bomb", in: MemoryFileSystem(bytes))
    let error = #expect(throws: CheckpointError.self) { try reader.tensor("bomb") }
    #expect(error?.code == .limitExceeded && error?.item == "bomb")
    let whole = #expect(throws: CheckpointError.self) { try reader.load() as Checkpoint }
    #expect(whole?.code == .limitExceeded)
    // A row is within the budget's reach, but not within one that the caller sets.
    let careful = try CheckpointReader(
      "bomb", in: MemoryFileSystem(bytes), limits: ReadLimits(allocationBytes: 1 << 20))
    let row = #expect(throws: CheckpointError.self) { try careful.tensor("bomb", rows: 0..<1) }
    #expect(row?.code == .limitExceeded)
  }

  @Test("blobs and documents can't share their bytes")
  func sharedPayload() throws {
    var blobs: [String: [UInt8]] = ["blob 0000": [UInt8](repeating: 0x20, count: 1 << 20)]
    for number in 1..<100 { blobs["blob \(1000 + number)"] = [0] }
    let contents = try IndexContents(
      summary: CheckpointSummary(), tensors: [], documents: [:], blobs: blobs,
      chunkSizeBytes: 65536, hasDigests: false)
    for (count, rule) in [(1, nil), (2, "payloadBounds"), (100, "payloadBounds")]
      as [(Int, String?)]
    {
      var surgery = ContainerSurgery(ContainerForge.container(contents))
      for record in 0..<count {
        surgery.set(.blobs, record: record, 16, UInt64(0))
        surgery.set(.blobs, record: record, 24, UInt64(1) << 20)
      }
      for record in count..<100 { surgery.set(.blobs, record: record, 24, UInt64(0)) }
      let files = MemoryFileSystem(surgery.sealed())
      if rule == nil {
        #expect(try CheckpointReader("shared", in: files).blobNames.count == 100)
      } else {
        let error = #expect(throws: CheckpointError.self) {
          try CheckpointReader("shared", in: files)
        }
        #expect(error?.rule == rule)
      }
    }
  }

  @Test("metrics that share their names' bytes can't be more than the format's limit")
  func sharedText() throws {
    var summary = CheckpointSummary()
    for number in 0..<5000 { summary.metrics["m\(10000 + number)"] = 0 }
    let contents = try IndexContents(
      summary: summary, tensors: [], documents: [:], blobs: [:], chunkSizeBytes: 65536,
      hasDigests: false)
    // 30,000 bytes of text: many a, then many b, then c. A name of 4096 that begins a byte further on
    // has one a less and one b more, and so comes after; then come names of c alone.
    for (long, rule) in [(3900, nil), (4097, "limit")] as [(Int, String?)] {
      var surgery = ContainerSurgery(ContainerForge.container(contents))
      let text = [(0x61, 20000), (0x62, 25000), (0x63, 30000)] as [(UInt8, Int)]
      var start = 0
      for (letter, end) in text {
        for byte in start..<end { surgery.index[surgery.place(.summaryText) + byte] = letter }
        start = end
      }
      for record in 0..<5000 {
        let isLong = record < long
        surgery.set(.metrics, record: record, 0, UInt32(isLong ? 15905 + record : 25000))
        surgery.set(.metrics, record: record, 4, UInt32(isLong ? 4096 : record - long + 1))
      }
      let files = MemoryFileSystem(surgery.sealed())
      if rule == nil {
        #expect(try CheckpointReader("shared", in: files).summary.metrics.count == 5000)
      } else {
        let error = #expect(throws: CheckpointError.self) {
          try CheckpointReader("shared", in: files)
        }
        #expect(error?.rule == rule, "\(String(describing: error))")
      }
    }
  }
}
