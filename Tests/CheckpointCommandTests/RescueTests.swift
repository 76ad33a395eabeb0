import Checkpoint
import CheckpointCommand
import ContainerSurgery
import SystemPackage
import Testing

@Suite("ckpt salvage")
struct RescueTests {
  let directory = TemporaryDirectory()
  var file: FilePath { directory.file("a.ckpt") }
  var rescued: FilePath { directory.file("b.ckpt") }

  @Test("what has lost spare copies only is rescued as a whole: status 0")
  func whole() throws {
    try Samples.makeLarge(at: file)
    try Samples.damage(file, at: 4096 + 33)
    let result = ckpt("salvage", file.string, "-o", rescued.string)
    #expect(result.status == .success)
    #expect(result.lines[0] == "\(rescued): all rescued (2 of 2 tensors whole)")
    #expect(result.lines[1].hasPrefix("  found: "))
    #expect(ckpt("diff", file.string, rescued.string).status == .success)
    #expect(ckpt("verify", rescued.string).status == .success)
  }

  @Test("what is lost is named, and makes status 1")
  func lost() throws {
    try Samples.makeLarge(at: file)
    try Samples.damage(file, at: Samples.offset(of: "large", chunk: 2, in: file))
    let result = ckpt("salvage", file.string, "-o", rescued.string, "--json")
    #expect(result.status == .no)
    #expect(result.json["complete"] == false)
    #expect(result.json["intactTensors"] == ["small"])
    #expect(
      result.json["losses"] == [
        [
          "tensor": "large", "rows": [[32, 48]], "rowCount": 100, "lostBytes": 65_536,
          "sizeBytes": 409_600,
        ]
      ])
    let text = ckpt("salvage", file.string, "-o", rescued.string, "--replace")
    #expect(
      text.lines[1] == "  lost: tensor \"large\" rows 32:48 of 100, 64.0 KiB of 400 KiB")
    #expect(ckpt("inspect", rescued.string, "--document", "salvage").status == .success)
  }

  @Test("nothing is replaced unasked, and never the damaged file itself")
  func replacing() throws {
    try Samples.makeLarge(at: file)
    #expect(ckpt("salvage", file.string, "-o", rescued.string).status == .success)
    #expect(ckpt("salvage", file.string, "-o", rescued.string).status == .badRequest)
    #expect(ckpt("salvage", file.string, "-o", rescued.string, "--replace").status == .success)
    #expect(
      ckpt("salvage", file.string, "-o", directory.file("./a.ckpt").string, "--replace").status
        == .usage)
  }

  @Test("a hopeless file leaves nothing behind: status 3")
  func hopeless() throws {
    try directory.write([UInt8](repeating: 7, count: 20_000), to: "a.ckpt")
    #expect(ckpt("salvage", file.string, "-o", rescued.string).status == .unreadable)
    #expect(try directory.names() == ["a.ckpt"])
  }

  @Test("a document that is no JSON is lost, which makes status 1")
  func lostDocument() throws {
    var checkpoint = Checkpoint()
    checkpoint.documents = ["config": [1]]
    try CheckpointWriter(file).write(checkpoint)
    var surgery = ContainerSurgery(try directory.bytes("a.ckpt"))
    surgery.set(.payload, 0, UInt8(ascii: "?"))
    try directory.write(surgery.sealed(), to: "a.ckpt")
    let result = ckpt("salvage", file.string, "-o", rescued.string)
    #expect(result.status == .no)
    #expect(result.lines[0] == "\(rescued): rescued in part (0 of 0 tensors whole)")
    #expect(result.lines[1] == "  lost: document \"config\"")
    let json = ckpt("salvage", file.string, "-o", rescued.string, "--replace", "--json").json
    #expect(json["complete"] == false && json["lostDocuments"] == ["config"])
  }
}
