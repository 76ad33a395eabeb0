import Checkpoint
import CheckpointCommand
import SystemPackage
import Testing

@Suite("ckpt pin and unpin")
struct PinTests {
  let directory = TemporaryDirectory()
  var run: FilePath { directory.file("run") }

  @Test("by name or by sequence number, and again without harm")
  func pinning() throws {
    let store = try Samples.makeRun(at: run)
    let result = ckpt("pin", run.string, "1", "00000003-step-00000300.ckpt")
    #expect(result.status == .success)
    #expect(
      result.output
        == "00000001-step-00000100.ckpt: pinned\n00000003-step-00000300.ckpt: pinned\n")
    #expect(try store.list().map(\.isPinned) == [true, false, true])
    #expect(ckpt("pin", run.string, "1").output == "00000001-step-00000100.ckpt: already pinned\n")
    let json = ckpt("unpin", run.string, "1", "2", "--json").json
    #expect(json["pinned"] == false)
    #expect(json["checkpoints"]?[0]?["changed"] == true)
    #expect(json["checkpoints"]?[1]?["changed"] == false)
    #expect(try store.list().map(\.isPinned) == [false, false, true])
  }

  @Test("a file named like a number is found by its name first")
  func numberNames() throws {
    let store = try Samples.makeRun(at: run)
    try store.save(Checkpoint(), as: "2")
    #expect(ckpt("pin", run.string, "2").output == "2: pinned\n")
  }

  @Test("if one is not there, none is pinned, and a missing directory is not made")
  func missing() throws {
    let store = try Samples.makeRun(at: run)
    let result = ckpt("pin", run.string, "1", "9")
    #expect(result.status == .badRequest)
    #expect(
      result.messages == "ckpt: there is no such checkpoint: \"9\" in \(run); ckpt ls lists them\n")
    #expect(try store.list().allSatisfy { !$0.isPinned })
    #expect(ckpt("pin", directory.file("other").string, "1").status == .failed)
    #expect(try directory.names() == ["run"])
    #expect(ckpt("pin", run.string).status == .usage)
    #expect(ckpt("pin", run.string, "1", "--wait=-1").status == .usage)
  }

  @Test("while another writes: status 75")
  func locked() throws {
    _ = try Samples.makeRun(at: run)
    let lock = try HeldLock(run.appending(".ckpt").appending("lock"))
    let result = ckpt("pin", run.string, "1", "--wait", "0", "--json")
    #expect(result.status == .locked)
    #expect(result.json["error"]?["code"] == "locked")
    lock.release()
    #expect(ckpt("pin", run.string, "1", "--wait", "0").status == .success)
  }
}
