import Checkpoint
import SystemPackage
import Testing

/// What can't be read back can't be saved.
@Suite("What a writer refuses, with nothing written")
struct WriterLimitTests {
  let directory = TemporaryDirectory()

  private func refuses(
    _ code: CheckpointError.Code, _ what: Comment, _ fill: (inout Checkpoint) throws -> Void
  ) throws {
    var checkpoint = Checkpoint()
    try fill(&checkpoint)
    let error = #expect(throws: CheckpointError.self, what) {
      try CheckpointWriter(directory.file("a")).write(checkpoint)
    }
    #expect(error?.code == code, what)
    #expect(try directory.names().isEmpty, what)
  }

  @Test("names that are empty, too long, or have a zero byte")
  func names() throws {
    for name in ["", String(repeating: "n", count: 4097), "a\u{0}b"] {
      try refuses(.invalidArgument, "tensor") { $0.tensors[name] = Tensor([1] as [Float]) }
      try refuses(.invalidArgument, "document") { $0.documents[name] = 1 }
      try refuses(.invalidArgument, "blob") { $0.blobs[name] = [1] }
      try refuses(.invalidArgument, "metric") { $0.metrics[name] = 1 }
      try refuses(.invalidArgument, "pending metric") { $0.pendingMetrics = [name] }
      try refuses(.invalidArgument, "tag") { $0.tags = [name] }
      try refuses(.invalidArgument, "alias") {
        $0.tensors["w"] = Tensor([1] as [Float])
        $0.aliases = [name: "w"]
      }
    }
  }

  @Test("names like paths are only names")
  func paths() throws {
    let names = ["../../etc/passwd", "/etc/passwd", "..", ".", "a/../../b", "~", "C:\\x", "-rf"]
    var checkpoint = Checkpoint()
    for (number, name) in names.enumerated() {
      checkpoint.tensors[name] = Tensor([Int32(number)])
      checkpoint.blobs[name] = [UInt8(number)]
    }
    try CheckpointWriter(directory.file("a")).write(checkpoint)
    #expect(try directory.names() == ["a"])
    let reader = try CheckpointReader(directory.file("a"))
    for (number, name) in names.enumerated() {
      #expect(try reader.elements(name, as: Int32.self) == [Int32(number)])
      #expect(try reader.blob(name) == [UInt8(number)])
    }
  }

  @Test("documents nested deeper than a reader goes")
  func depth() throws {
    func nested(_ depth: Int) -> JSONValue {
      (0..<depth).reduce(nil as JSONValue) { value, level in
        level % 2 == 0 ? [value] : ["a": value]
      }
    }
    try refuses(.invalidArgument, "513") { $0.documents["deep"] = nested(513) }
    try refuses(.invalidArgument, "20000") { $0.documents["deep"] = nested(20000) }
    var checkpoint = Checkpoint()
    checkpoint.documents["deep"] = nested(512)
    try CheckpointWriter(directory.file("a")).write(checkpoint)
    let reader = try CheckpointReader(directory.file("a"))
    #expect(try reader.document("deep") == nested(512))
    #expect(try reader.verify().state == .intact)
  }

  @Test("aliases of nothing, of aliases, and of tensors' own names")
  func aliases() throws {
    try refuses(.invalidArgument, "of nothing") { $0.aliases = ["a": "b"] }
    try refuses(.invalidArgument, "of an alias") {
      $0.tensors["w"] = Tensor([1] as [Float])
      $0.aliases = ["a": "w", "b": "a"]
    }
    try refuses(.invalidArgument, "a tensor's own name") {
      $0.tensors["w"] = Tensor([1] as [Float])
      $0.tensors["v"] = Tensor([1] as [Float])
      $0.aliases = ["v": "w"]
    }
  }

  @Test("more of anything than the format's limit")
  func limits() throws {
    try refuses(.limitExceeded, "metrics") {
      for number in 0...65536 { $0.metrics["\(number)"] = 0 }
    }
    try refuses(.limitExceeded, "payload") {
      $0.blobs = ["a": [UInt8](repeating: 0, count: 1 << 26), "b": [1]]
    }
    try refuses(.invalidArgument, "rank") {
      $0.tensors["w"] = Tensor([1] as [Float], shape: Array(repeating: 1, count: 65))
    }
  }

  @Test(
    "chunk sizes that the format doesn't know", arguments: [0, 1, 65535, 65537, 1 << 27, -65536])
  func chunkSizes(_ size: Int) {
    let options = SaveOptions(chunkSizeBytes: size)
    let error = #expect(throws: CheckpointError.self) {
      try CheckpointWriter(directory.file("a"), options: options).write(Checkpoint())
    }
    #expect(error?.code == .invalidArgument)
  }
}
