import Checkpoint
import CheckpointCommand
import SystemPackage
import Testing

@Suite("On a terminal")
struct TerminalTests {
  let directory = TemporaryDirectory()
  var file: FilePath { directory.file("a.ckpt") }

  private func saveLongNames() throws {
    var checkpoint = Checkpoint()
    for index in 0..<20 {
      let name = "model/transformer/layers/\(index)/attention/self/query/projection/kernel"
      checkpoint.tensors[name] = Tensor([Float(index)])
    }
    checkpoint.tensors["模型/权重/注意力/查询/投影/核心/非常长的名字/更长的名字/kernel"] = Tensor([1] as [Float])
    try Samples.save(checkpoint, to: file)
  }

  @Test("no line is wider than it; long names lose their middle", arguments: [20, 40, 60, 80, 120])
  func width(_ width: Int) throws {
    try saveLongNames()
    let table =
      ckpt("inspect", file.string, width: width).output
      .split(separator: "\n\n").last?.split(separator: "\n") ?? []
    #expect(table.count == 22)
    // Those with names in Chinese take two columns a character.
    #expect(
      table.allSatisfy { line in
        line.unicodeScalars.reduce(0) { $0 + ($1.value > 0x2E80 ? 2 : 1) } <= width
      })
    let hasElided = table.contains { $0.hasPrefix("model/") && $0.contains("…") }
    #expect(hasElided == (width < 120))
  }

  @Test("elsewhere nothing is left out")
  func pipe() throws {
    try saveLongNames()
    let result = ckpt("inspect", file.string)
    #expect(!result.output.contains("…"))
    #expect(
      result.output.contains(
        "\nmodel/transformer/layers/7/attention/self/query/projection/kernel   f32"))
  }

  @Test(
    "JSON is broken into lines as one value is, however many tensors or checkpoints there are; elsewhere it is one line",
    arguments: [0, 1, 3], [nil, 100])
  func layoutOfJSON(count: Int, width: Int?) throws {
    var checkpoint = Checkpoint()
    for number in 0..<count { checkpoint.tensors["t\(number)"] = Tensor([Float(number)]) }
    try Samples.save(checkpoint, to: file)
    let run = directory.file("run")
    let store = try CheckpointStore(at: run)
    for _ in 0..<count { try store.save(checkpoint) }
    for arguments in [["inspect", file.string, "--json"], ["ls", run.string, "--json"]] {
      let result = ckpt(arguments, width: width)
      #expect(result.output == result.json.text(pretty: width != nil) + "\n")
      #expect(
        (result.json["tensors"] ?? result.json["checkpoints"])?.arrayValue?.count == count)
    }
  }

  @Test("columns that can be spared go before the state and the marks do")
  func spareColumns() throws {
    let store = try Samples.makeRun(at: directory.file("run"))
    try store.pin(store.checkpoint(sequence: 1))
    let result = ckpt("ls", directory.file("run").string, width: 80)
    #expect(!result.lines[0].contains("AGE"))
    #expect(result.lines[1].contains("readable") && result.lines[1].hasSuffix("pinned"))
    #expect(result.lines[1].contains("00000001-step-00000100.ckpt"))
  }

  @Test("colour is for terminals that want it")
  func color() throws {
    try Samples.makeLarge(at: file)
    #expect(
      ckpt("verify", file.string, width: 80, color: true).output.contains(
        "\u{1B}[32mintact\u{1B}[0m"))
    #expect(!ckpt("verify", file.string, width: 80).output.contains("\u{1B}"))
  }

  @Test("JSON is for people there, and one line for programs")
  func json() throws {
    try Samples.makeLarge(at: file)
    let pretty = ckpt("inspect", file.string, "--json", width: 80)
    let plain = ckpt("inspect", file.string, "--json")
    #expect(pretty.lines.count > 20)
    #expect(plain.lines.count == 2)
    #expect(pretty.json == plain.json)
    #expect(plain.json["tensors"]?[0]?["name"] == "large")
    #expect(
      plain.json.objectValue?.keys == [
        "path", "formatVersion", "uuid", "created", "sizeBytes", "sharedBytes", "chunkSizeBytes",
        "rootDigest",
        "damage", "summary", "documents", "blobs", "tensors",
      ])
  }

  @Test("10,000 tensors are listed in no time")
  func many() throws {
    var checkpoint = Checkpoint()
    for index in 0..<10_000 { checkpoint.tensors["layer/\(index)/kernel"] = Tensor([Float(index)]) }
    try Samples.save(checkpoint, to: file)
    let start = ContinuousClock.now
    #expect(ckpt("inspect", file.string, width: 80).lines.count > 10_000)
    #expect(ckpt("inspect", file.string, "--json").json["tensors"]?[9999] != nil)
    // In a debug build; a release build takes a twentieth.
    #expect(ContinuousClock.now - start < .seconds(8))
  }
}
