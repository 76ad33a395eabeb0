import Checkpoint
import CheckpointCommand
import Synchronization
import SystemPackage
import Testing

@Suite("ckpt verify")
struct VerifyTests {
  let directory = TemporaryDirectory()
  var file: FilePath { directory.file("a.ckpt") }

  @Test("an intact file: one line, status 0")
  func intact() throws {
    try Samples.makeLarge(at: file)
    let result = ckpt("verify", file.string)
    #expect(result.status == .success)
    let size = try CheckpointReader(file).fileSizeBytes
    #expect(result.output == "\(file): intact (8 chunks, \(HumanSizes.of(size)) checked)\n")
    #expect(result.messages == "")
    #expect(
      ckpt("verify", file.string, "--quick").output == "\(file): intact (structure only)\n")
  }

  @Test("a damaged chunk: rule, tensor, rows, byte; status 1, though not with --quick")
  func damaged() throws {
    try Samples.makeLarge(at: file)
    let offset = try Samples.offset(of: "large", chunk: 2, in: file)
    try Samples.damage(file, at: offset + 5)
    let result = ckpt("verify", file.string)
    #expect(result.status == .no)
    #expect(result.lines[0].hasPrefix("\(file): damaged"))
    #expect(
      result.lines[1].hasPrefix(
        "  storedChecksum: tensor \"large\" rows 32:48, byte \(offset): "))
    #expect(result.lines.count == 3)
    #expect(ckpt("verify", file.string, "--quick").status == .success)
    let finding = ckpt("verify", file.string, "--json").json["files"]?[0]?["findings"]?[0]
    #expect(finding?["rule"] == "storedChecksum")
    #expect(finding?["tensor"] == "large")
    #expect(finding?["rows"] == [32, 48])
    #expect(finding?["offset"] == .int(Int64(offset)))
    #expect(finding?["losesContent"] == true)
  }

  @Test("a damaged spare copy: degraded, status 1, seen by --quick too")
  func degraded() throws {
    try Samples.makeLarge(at: file)
    try Samples.damage(file, at: 4096 + 33)
    for flags in [[], ["--quick"]] {
      let output = CapturedOutput()
      let status = CheckpointProgram.run(
        ["verify", file.string] + flags, on: Terminal(output: output, messages: output))
      #expect(status == .no)
      #expect(output.text.contains(": degraded ("))
      #expect(output.text.contains("\n  indexChecksum: byte 4096: "))
    }
  }

  @Test("no checkpoint: status 3; not there: status 4, and the others are checked all the same")
  func unreadable() throws {
    try Samples.makeLarge(at: file)
    try directory.write(Array("hello".utf8), to: "notes.txt")
    let notes = directory.file("notes.txt").string
    let result = ckpt("verify", notes, file.string)
    #expect(result.status == .unreadable)
    #expect(result.lines[0] == "\(notes): unreadable")
    #expect(result.lines[1].hasPrefix("  notAContainer: "))
    #expect(result.lines[2].hasPrefix("\(file): intact"))
    let missing = directory.file("no.ckpt").string
    let both = ckpt("verify", missing, notes, file.string)
    #expect(both.status == .failed)
    #expect(both.messages == "ckpt: no such file or directory: \(missing)\n")
    #expect(both.output == result.output)
    let json = ckpt("verify", missing, notes, "--json").json
    #expect(json["files"]?[0]?["error"]?["code"] == "notFound")
    #expect(json["files"]?[0]?["state"] == JSONValue.null)
    #expect(json["files"]?[1]?["state"] == "unreadable")
  }

  @Test("a directory: each of its checkpoints; one without any is not sound but a mistake")
  func directories() throws {
    _ = try Samples.makeRun(at: directory.file("run"))
    let result = ckpt("verify", directory.file("run").string)
    #expect(result.status == .success)
    #expect(result.lines.filter { $0.contains(": intact (") }.count == 3)
    let empty = ckpt("verify", directory.path.string)
    #expect(empty.status == .failed)
    #expect(empty.messages.hasPrefix("ckpt: no checkpoints in this directory"))
  }

  @Test("a link is followed")
  func link() throws {
    try Samples.makeLarge(at: file)
    try directory.link("latest", to: "a.ckpt")
    #expect(ckpt("verify", directory.file("latest").string).status == .success)
  }

  /// A clock that goes on by three seconds whenever it is read.
  private final class Clock: Sendable {
    private let seconds = Mutex(0.0)

    func read() -> Double {
      seconds.withLock {
        $0 += 3
        return $0
      }
    }
  }

  @Test("progress is shown on a terminal, after two seconds, and taken away again")
  func progress() throws {
    try Samples.makeLarge(at: file)
    let clock = Clock()
    let slow = ckpt("verify", file.string, messagesWidth: 60) { clock.read() }
    #expect(slow.messages.hasPrefix("\r"))
    #expect(slow.messages.contains("100 %  a.ckpt"))
    #expect(slow.messages.hasSuffix("\r\u{1B}[K"))
    let drawn = slow.messages.split(separator: "\r").map { $0.replacing("\u{1B}[K", with: "") }
    #expect(drawn.allSatisfy { $0.count < 60 })
    #expect(slow.output.hasPrefix("\(file): intact"))
    #expect(ckpt("verify", file.string, messagesWidth: 60).messages == "", "it was fast")
    #expect(ckpt("verify", file.string) { clock.read() }.messages == "", "there is no terminal")
  }
}
