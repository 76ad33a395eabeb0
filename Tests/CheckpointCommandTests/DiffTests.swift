import Checkpoint
import CheckpointCommand
import SystemPackage
import Testing

@Suite("ckpt diff")
struct DiffTests {
  let directory = TemporaryDirectory()
  var a: FilePath { directory.file("a.ckpt") }
  var b: FilePath { directory.file("b.ckpt") }

  private var sample: Checkpoint {
    var checkpoint = Checkpoint(step: 1)
    checkpoint.metrics = ["loss": .nan]
    checkpoint.documents["training"] = ["lr": 0.1, "layers": [1, 2, ["units": 64]]]
    checkpoint.blobs["random"] = [1, 2, 3]
    checkpoint.tensors = [
      "w": Tensor((0..<50_000).map { Float($0) }, shape: [50, 1000]), "n": Tensor([Float.nan, 0]),
    ]
    checkpoint.aliases["tied"] = "w"
    return checkpoint
  }

  /// Compares the sample with what `change` makes of it.
  private func diff(_ flags: String..., change: (inout Checkpoint) -> Void) throws -> JSONValue {
    try Samples.save(sample, to: a)
    var changed = sample
    change(&changed)
    try Samples.save(changed, to: b)
    let output = CapturedOutput()
    let status = CheckpointProgram.run(
      ["diff", a.string, b.string, "--json"] + flags, on: Terminal(output: output, messages: output)
    )
    let json = try JSONValue.parse(output.text)
    #expect(status == (json["identical"] == true ? .success : .no))
    return json
  }

  @Test("how a file is stored makes no difference, nor what names the saving; --strict counts that")
  func sameContent() throws {
    try Samples.save(sample, to: a, id: 1)
    var later = sample
    later.wallTime = Timestamp(nanoseconds: Samples.created.nanoseconds + 5)
    try Samples.save(later, to: b, id: 2, compression: .compact, chunkSizeBytes: 1 << 16)
    for flags in [[], ["--quick"]] {
      let output = CapturedOutput()
      let status = CheckpointProgram.run(
        ["diff", a.string, b.string] + flags, on: Terminal(output: output, messages: output))
      #expect(status == .success)
      #expect(
        output.text == """
          identity (does not count)
            uuid: 00000000-0000-0000-0000-000000000001 → 00000000-0000-0000-0000-000000000002
            wallTime: 2025-11-24T16:00:00.000000000Z → 2025-11-24T16:00:00.000000005Z
          tensors: 0 changed, 0 added, 0 removed, 3 the same
          identical\(flags.isEmpty ? "" : " (chunks of the same checksum were not read)")

          """)
    }
    let strict = ckpt("diff", a.string, b.string, "--strict")
    #expect(strict.status == .no)
    #expect(strict.lines[0] == "identity")
  }

  @Test("values: how many, the largest absolute and relative change", arguments: [[], ["--quick"]])
  func values(_ flags: [String]) throws {
    try Samples.makeLarge(at: a, id: 1)
    try Samples.makeLarge(at: b, id: 2, changing: 50)
    let output = CapturedOutput()
    let status = CheckpointProgram.run(
      ["diff", a.string, b.string, "--json"] + flags, on: Terminal(output: output, messages: output)
    )
    #expect(status == .no)
    let json = try JSONValue.parse(output.text)
    let changed = json["tensors"]?["changed"]
    #expect(changed?.arrayValue?.count == 1)
    #expect(json["tensors"]?["sameCount"] == 1)
    #expect(changed?[0]?["name"] == "large")
    #expect(changed?[0]?["reason"] == "values")
    #expect(changed?[0]?["changedCount"] == 1)
    #expect(changed?[0]?["valueCount"] == 102_400)
    #expect(changed?[0]?["maxAbsolute"] == 0.5)
    // Row 50 begins with 51,200 mod 1000.
    #expect(changed?[0]?["maxRelative"]?.doubleValue == 0.5 / 200.5)
  }

  @Test("whole numbers of 64 bits are told apart exactly")
  func wholeNumbers() throws {
    let json = try diff { checkpoint in
      checkpoint.tensors["w"] = nil
      checkpoint.aliases = [:]
    }
    #expect(json["tensors"]?["removed"] == ["tied", "w"])
    try saveTensor(Tensor([Int64.max, .min]), to: a)
    try saveTensor(Tensor([Int64.max - 1, .max]), to: b)
    let changed = ckpt("diff", a.string, b.string, "--json").json["tensors"]?["changed"]?[0]
    #expect(changed?["changedCount"] == 2)
    #expect(changed?["maxAbsolute"]?.doubleValue == Double(UInt64.max))
    try saveTensor(Tensor([Int64.max - 1, .min]), to: b)
    let near = ckpt("diff", a.string, b.string, "--json").json["tensors"]?["changed"]?[0]
    #expect(near?["maxAbsolute"]?.doubleValue == 1)
  }

  private func saveTensor(_ tensor: Tensor, to path: FilePath) throws {
    var checkpoint = Checkpoint()
    checkpoint.tensors["w"] = tensor
    try Samples.save(checkpoint, to: path)
  }

  @Test("bits decide: the same NaN is the same, -0 is not 0, and a NaN that came is counted apart")
  func nonFinite() throws {
    #expect(try diff { _ in }["identical"] == true)
    let zero = try diff { $0.tensors["n"] = Tensor([Float.nan, -0.0]) }
    #expect(zero["tensors"]?["changed"]?[0]?["maxAbsolute"] == 0.0)
    #expect(zero["tensors"]?["changed"]?[0]?["changedCount"] == 1)
    let nan = try diff { $0.tensors["n"] = Tensor([Float.nan, .nan]) }
    #expect(nan["tensors"]?["changed"]?[0]?["nonFiniteCount"] == 1)
    #expect(nan["tensors"]?["changed"]?[0]?["maxAbsolute"] == JSONValue.null)
  }

  @Test("tensors that came and went, or have another dtype, shape or tie")
  func tensors() throws {
    let json = try diff { checkpoint in
      checkpoint.tensors["n"] = nil
      checkpoint.tensors["new"] = Tensor([1] as [Float])
      checkpoint.aliases = [:]
      checkpoint.tensors["tied"] = checkpoint.tensors["w"]
    }
    #expect(json["tensors"]?["removed"] == ["n"])
    #expect(json["tensors"]?["added"] == ["new"])
    #expect(json["tensors"]?["changed"]?[0]?["reason"] == "alias")
    #expect(json["tensors"]?["changed"]?[0]?["a"]?["aliasOf"] == "w")
    let dtype = try diff { $0.tensors["n"] = Tensor([Double.nan, 0]) }
    #expect(dtype["tensors"]?["changed"]?[0]?["reason"] == "dtype")
    let shape = try diff { $0.tensors["n"] = Tensor([Float.nan, 0], shape: [2, 1]) }
    #expect(shape["tensors"]?["changed"]?[0]?["reason"] == "shape")
  }

  @Test("documents: the path to what differs, whatever the order of members")
  func documents() throws {
    let same = try diff {
      $0.documents["training"] = ["layers": [1, 2, ["units": 64]], "lr": 0.1]
    }
    #expect(same["identical"] == true)
    let json = try diff {
      $0.documents["training"] = ["lr": 0.1, "layers": [1, 3, ["units": 64], 4], "a b": nil]
    }
    let change = json["documents"]?["changed"]?[0]
    #expect(change?["name"] == "training")
    #expect(
      change?["differences"] == [
        ["path": ".layers[1]", "a": 2, "b": 3], ["path": ".layers[3]", "b": 4],
        ["path": "[\"a b\"]", "b": nil],
      ])
    #expect(change?["more"] == false)
    let many = try diff { checkpoint in
      checkpoint.documents["training"] = ["layers": .array((10..<30).map { .int($0) })]
    }
    #expect(many["documents"]?["changed"]?[0]?["differences"]?.arrayValue?.count == 10)
    #expect(many["documents"]?["changed"]?[0]?["more"] == true)
  }

  @Test("summary and blobs")
  func summary() throws {
    let json = try diff { checkpoint in
      checkpoint.step = 2
      checkpoint.metrics["loss"] = 0.5
      checkpoint.tags = ["final"]
      checkpoint.blobs["random"] = [1, 2, 4, 5]
    }
    #expect(
      json["summary"] == [
        ["field": "step", "a": 1, "b": 2], ["field": "metrics.loss", "a": "NaN", "b": 0.5],
        ["field": "tags", "a": [], "b": ["final"]],
      ])
    #expect(json["blobs"]?["changed"] == [["name": "random", "sizeBytes": [3, 4], "offset": 2]])
  }

  @Test("as text: one line per difference, the verdict last")
  func text() throws {
    _ = try diff { checkpoint in
      checkpoint.step = 2
      checkpoint.documents["training"] = ["lr": 0.2, "layers": [1, 2, ["units": 64]]]
      checkpoint.tensors["n"] = Tensor([Float.nan, 1])
    }
    #expect(
      ckpt("diff", a.string, b.string).output == """
        summary
          step: 1 → 2
        documents
          ~ training: .lr: 0.1 → 0.2
        tensors: 1 changed, 0 added, 0 removed, 2 the same
          TENSOR  DTYPE  SHAPE     CHANGED  MAX ABS  MAX REL
          ~ n     f32    [2]    1 (50.0 %)        1        1
        different

        """)
  }

  @Test("no answer is not the answer no: damage is 3, a missing file 4")
  func trouble() throws {
    try Samples.makeLarge(at: a, id: 1)
    try Samples.makeLarge(at: b, id: 1)
    try Samples.damage(b, at: Samples.offset(of: "large", chunk: 1, in: b))
    let result = ckpt("diff", a.string, b.string)
    #expect(result.status == .unreadable)
    #expect(result.output == "")
    #expect(result.messages.contains("\"large\" in \(b)"))
    // Trust means not looking.
    #expect(ckpt("diff", a.string, b.string, "--quick").status == .success)
    #expect(ckpt("diff", a.string, directory.file("c.ckpt").string).status == .failed)
    #expect(ckpt("diff", a.string).status == .usage)
  }
}
