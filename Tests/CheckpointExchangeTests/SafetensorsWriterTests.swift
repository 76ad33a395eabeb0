import Checkpoint
import CheckpointIO
import SystemPackage
import Testing

@testable import CheckpointExchange

@Suite("safetensors: what is written")
struct SafetensorsWriterTests {
  let directory = TemporaryDirectory()

  private func write(_ state: ExchangeState, to name: String) throws {
    try SafetensorsWriter.write(
      state, to: directory.file(name), replacing: false, in: PosixFileSystem())
  }

  private func read(_ name: String) throws -> ExchangeState {
    try SafetensorsReader.read(directory.file(name), in: PosixFileSystem())
  }

  @Test("every dtype comes back, aligned, largest alignment first")
  func everyDType() throws {
    var state = ExchangeState()
    for dtype in DType.allCases {
      let bytes = (0..<4 * dtype.bitsPerElement / 8).map { UInt8($0 &+ Int(dtype.rawValue)) }
      state.tensors.append(try StreamedTensor(dtype.name, dtype, [2, 2], bytes: bytes))
    }
    try write(state, to: "a")
    let header = try SafetensorsHeader(of: ForeignFile(directory.file("a"), in: PosixFileSystem()))
    #expect(header.dataOffset.isMultiple(of: 8))
    #expect(header.entries.map(\.name) == header.entriesByOffset.map(\.name))
    for entry in header.entries where entry.dtype.bitsPerElement.isMultiple(of: 8) {
      let alignment = UInt64(entry.dtype == .c64 ? 8 : entry.dtype.scalarBytes)
      #expect((header.dataOffset + entry.range.lowerBound).isMultiple(of: alignment))
    }
    let back = try read("a")
    #expect(back.tensors.count == DType.allCases.count)
    for tensor in back.tensors {
      let original = try #require(state.tensors.first { $0.name == tensor.name })
      #expect(tensor.dtype == original.dtype && tensor.shape == original.shape)
      #expect(try tensor.bytes() == original.bytes())
    }
  }

  @Test("all of a checkpoint but its tensors comes back, and the same state gives the same bytes")
  func metadata() throws {
    var checkpoint = Checkpoint(step: .max, epoch: 12)
    checkpoint.wallTime = Timestamp(nanoseconds: -5)
    checkpoint.runID = UniqueID(high: 1, low: .max)
    checkpoint.metrics = ["loss": 0.1, "é": .nan, "z": -.infinity, "zero": -0.0]
    checkpoint.pendingMetrics = ["val"]
    checkpoint.tags = ["final", "\"quoted\""]
    checkpoint.documents = [
      "architecture": ["b": [1, 2.5, "x\n\u{1}"], "a": nil],
      "safetensors-metadata": ["format": "np"],
    ]
    // A character that joins the one before it.
    checkpoint.documents["\u{301}x"] = [:]
    for count in 0..<6 { checkpoint.blobs["b\(count)"] = (0..<count).map { UInt8(255 - $0) } }
    checkpoint.aliases = ["tied": "w"]
    let state = ExchangeState(
      checkpoint: checkpoint,
      tensors: [
        try StreamedTensor("w", [1, 2] as [Float], [2]),
        try StreamedTensor("tied", [1, 2] as [Float], [2]),
      ])
    try write(state, to: "a")
    try write(state, to: "b")
    #expect(try directory.bytes("a") == directory.bytes("b"))
    var back = try read("a").checkpoint
    #expect(back.metrics["é"]?.isNaN == true && back.metrics["zero"]?.sign == .minus)
    back.metrics["é"] = 0
    checkpoint.metrics["é"] = 0
    #expect(back == checkpoint)
  }

  @Test(
    "a document of metadata that can't stand for itself is kept as a document",
    arguments: [[:], ["a": 1], ["ckpt.summary": "x"], [1]] as [JSONValue])
  func awkwardMetadata(_ document: JSONValue) throws {
    var state = ExchangeState()
    state.checkpoint.documents = ["safetensors-metadata": document]
    try write(state, to: "a")
    #expect(try read("a").checkpoint == state.checkpoint)
  }

  @Test(
    "our own keys with other contents are refused",
    arguments: [
      ("ckpt.summary", "1"), ("ckpt.summary", "{\"step\":-1}"), ("ckpt.summary", "{\"tags\":[1]}"),
      ("ckpt.aliases", "[]"), ("ckpt.aliases", "{\"a\":1}"), ("ckpt.document.x", "{"),
      ("ckpt.blob.x", "A"), ("ckpt.blob.x", "AB=="), ("ckpt.blob.x", "A==="),
      ("ckpt.blob.x", "!AAA"),
    ])
  func forgedMetadata(_ key: String, _ value: String) throws {
    let metadata = JSONValue.object(["__metadata__": .object([key: .string(value)])]).text()
    let header = Array(metadata.utf8)
    try directory.write([UInt8(header.count), 0, 0, 0, 0, 0, 0, 0] + header, to: "a")
    let error = #expect(throws: CheckpointError.self) { try read("a") }
    #expect(error?.code == .corrupt && error?.item == key)
  }

  @Test("names that the format can't have are refused, and nothing is left behind")
  func names() throws {
    let tensor = try StreamedTensor("__metadata__", [1] as [Float], [1])
    #expect(throws: CheckpointError.self) { try write(ExchangeState(tensors: [tensor]), to: "a") }
    let twice = try StreamedTensor("x", [1] as [Float], [1])
    #expect(throws: CheckpointError.self) {
      try write(ExchangeState(tensors: [twice, twice]), to: "a")
    }
    #expect(try directory.names() == [])
  }

  @Test("an error of the source leaves nothing behind")
  func damagedSource() throws {
    let tensor = try StreamedTensor(name: "x", dtype: .u8, shape: [4]) {
      (_, _) throws(CheckpointError) in
      throw CheckpointError(.checksumMismatch, "damaged")
    }
    let error = #expect(throws: CheckpointError.self) {
      try write(ExchangeState(tensors: [tensor]), to: "a")
    }
    #expect(error?.code == .checksumMismatch)
    #expect(try directory.names() == [])
  }
}
