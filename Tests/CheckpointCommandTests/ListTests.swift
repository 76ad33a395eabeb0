import Checkpoint
import CheckpointCommand
import SystemPackage
import Testing

@Suite("ckpt ls")
struct ListTests {
  let directory = TemporaryDirectory()
  var run: FilePath { directory.file("run") }

  @Test("shows each checkpoint with its facts; marks the newest, the best and the pinned")
  func table() throws {
    let store = try Samples.makeRun(at: run)
    try store.pin(store.checkpoint(sequence: 1))
    let result = ckpt("ls", run.string)
    #expect(result.status == .success)
    #expect(result.messages == "")
    #expect(
      result.output
        == """
        SEQ  NAME                         STEP  EPOCH  val_acc      SIZE        AGE  STATE                 MARKS
          1  00000001-step-00000100.ckpt   100      1     0.5   20.0 KiB  3 min ago  readable              pinned
          2  00000002-step-00000200.ckpt   200      2     0.9*  20.0 KiB  3 min ago  readable              best
          3  00000003-step-00000300.ckpt   300      3    0.95   20.0 KiB  3 min ago  readable, non-finite  newest

        """)
  }

  @Test("a damaged file is seen with --verify only, and tells by the exit status")
  func verify() throws {
    _ = try Samples.makeRun(at: run)
    let second = run.appending("00000002-step-00000200.ckpt")
    try Samples.damage(second, at: Samples.offset(of: "w", chunk: 0, in: second))
    #expect(ckpt("ls", run.string).status == .success)
    let result = ckpt("ls", run.string, "--verify")
    #expect(result.status == .no)
    #expect(result.lines[1].contains("intact"))
    #expect(result.lines[2].contains("damaged"))
  }

  @Test("a file that can't be read stays visible, and is explained beside the table")
  func unreadable() throws {
    _ = try Samples.makeRun(at: run)
    try Samples.cut(run.appending("00000003-step-00000300.ckpt"), to: 9000)
    let result = ckpt("ls", run.string)
    #expect(result.status == .success)
    #expect(result.lines.contains { $0.contains("00000003") && $0.contains("unreadable") })
    #expect(result.lines.contains { $0.contains("00000002") && $0.contains("newest best") })
    #expect(result.messages.hasPrefix("ckpt: the file has 9000 bytes"))
    #expect(result.messages.contains("00000003-step-00000300.ckpt"))
    #expect(ckpt("ls", run.string, "--verify").status == .unreadable)
  }

  @Test("--monitor and --mode choose what is best")
  func monitor() throws {
    _ = try Samples.makeRun(at: run)
    let result = ckpt("ls", run.string, "--monitor", "val_acc", "--mode", "min", "--json")
    #expect(result.json["best"]?["val_acc"]?["fileName"] == "00000001-step-00000100.ckpt")
    #expect(result.json["best"]?["val_acc"]?["mode"] == "min")
  }

  @Test(
    "a metric that nobody recorded, or whose mode its name doesn't tell, is the request's fault")
  func wrongMonitor() throws {
    _ = try Samples.makeRun(at: run)
    let unknown = ckpt("ls", run.string, "--monitor", "val_loss")
    #expect(unknown.status == .badRequest)
    #expect(
      unknown.messages == "ckpt: no checkpoint has this metric: \"val_loss\"; there are: val_acc\n")
    #expect(ckpt("ls", run.string, "--monitor", "reward").messages.contains("say min or max"))
    #expect(ckpt("ls", run.string, "--mode", "min").status == .usage)
    #expect(ckpt("ls", run.string, "--monitor", "val_acc", "--mode", "most").status == .usage)
  }

  @Test("--json: one object with documented keys")
  func json() throws {
    let store = try Samples.makeRun(at: run)
    try store.pin(store.checkpoint(sequence: 1))
    let result = ckpt("ls", run.string, "--json")
    let json = result.json
    #expect(result.lines.count == 2)
    #expect(json["path"]?.stringValue == run.string)
    #expect(json["newest"] == "00000003-step-00000300.ckpt")
    #expect(json["best"]?["val_acc"]?["value"] == 0.9)
    let first = json["checkpoints"]?[0]
    #expect(
      first?.objectValue?.keys == [
        "fileName", "path", "uuid", "created", "sizeBytes", "sharedBytes", "state", "newest",
        "pinned", "bestBy",
        "summary", "error",
      ])
    #expect(first?["pinned"] == true)
    #expect(first?["newest"] == false)
    #expect(first?["created"] == "2025-11-24T16:00:00Z")
    #expect(first?["summary"]?["sequence"] == 1)
    #expect(first?["summary"]?["metrics"] == ["val_acc": 0.5])
    #expect(json["checkpoints"]?[1]?["bestBy"] == ["val_acc"])
    #expect(json["checkpoints"]?[2]?["summary"]?["nonFiniteCount"] == 1)
  }

  @Test("an empty directory is no error, a missing one is, and neither is changed")
  func nothing() throws {
    let empty = ckpt("ls", directory.path.string)
    #expect(empty.status == .success)
    #expect(empty.output == "")
    #expect(empty.messages == "ckpt: no checkpoints: \(directory.path)\n")
    #expect(try directory.names() == [])
    let missing = ckpt("ls", run.string)
    #expect(missing.status == .failed)
    #expect(missing.messages == "ckpt: no such file or directory: \(run)\n")
    #expect(try directory.names() == [])
  }

  @Test("a file instead of a directory is told what to do with")
  func file() throws {
    try Samples.makeLarge(at: directory.file("a.ckpt"))
    let result = ckpt("ls", directory.file("a.ckpt").string)
    #expect(result.status == .failed)
    #expect(result.messages.contains("ckpt inspect shows a file"))
  }
}
