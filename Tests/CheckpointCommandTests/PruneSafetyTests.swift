import Checkpoint
import CheckpointCommand
import SystemPackage
import Testing

/// Each of these was a way to lose a checkpoint that somebody counted on.
@Suite("ckpt prune doesn't do what nobody meant")
struct PruneSafetyTests {
  let directory = TemporaryDirectory()
  var run: FilePath { directory.file("run") }

  @discardableResult
  private func makeRun(_ count: Int, id: UniqueID = .random()) throws -> CheckpointStore {
    let store = try CheckpointStore(at: run)
    for step in 1...count {
      var checkpoint = Checkpoint(step: UInt64(step))
      checkpoint.runID = id
      checkpoint.metrics["val_acc"] = 0.5
      checkpoint.tensors["w"] = Tensor([Float(step)])
      try store.save(checkpoint)
    }
    return store
  }

  @Test("a plan is written over a plan, not over a checkpoint or anything else")
  func planOverCheckpoint() throws {
    try makeRun(3)
    let name = "run/00000003-step-00000003.ckpt"
    try directory.write([1, 2], to: "notes")
    let before = try directory.bytes(name)
    for file in [name, "notes"] {
      let result = ckpt(
        "prune", run.string, "--keep-last", "2", "--plan", directory.file(file).string)
      #expect(result.status == .badRequest)
      #expect(result.messages.contains("something is there that is no plan"))
    }
    #expect(try directory.bytes(name) == before)
    #expect(try directory.bytes("notes") == [1, 2])
    for _ in 1...2 {
      let plan = directory.file("plan").string
      #expect(ckpt("prune", run.string, "--keep-last", "2", "--plan", plan).status == .success)
    }
  }

  @Test("half is half of the run's own checkpoints, however many others there are")
  func halfOfTheRun() throws {
    try makeRun(20)
    let store = try makeRun(4)
    let arguments = ["prune", run.string, "--keep-last", "1", "--apply"]
    let refused = ckpt(arguments)
    #expect(refused.status == .badRequest)
    #expect(refused.messages.contains("3 of 4 checkpoints would go, more than half"))
    #expect(try store.list().count == 24)
    #expect(ckpt(arguments + ["--yes"]).status == .success)
    #expect(try store.list().count == 21)
  }

  @Test("a limit or a metric changes the remembered policy; only rules take its place")
  func limitBesideRemembered() throws {
    try makeRun(2)
    #expect(ckpt("policy", "set", run.string, "last=30").status == .success)
    func policy(_ arguments: String...) -> String? {
      ckpt(["prune", run.string, "--json"] + arguments).json["policy"]?.stringValue
    }
    #expect(policy("--max-bytes", "1GiB") == "last=30,max-bytes=1GiB")
    #expect(policy("--monitor", "val_acc") == "last=30,best=1:val_acc:max")
    #expect(policy("--monitor", "none") == "last=30")
    #expect(policy("--keep-last", "3") == "last=3")
  }

  @Test("ckpt policy set keeps the best by --monitor, whatever the policy is")
  func monitorOfText() throws {
    try makeRun(2)
    func set(_ arguments: String...) -> String {
      ckpt(["policy", "set", run.string] + arguments).output
    }
    #expect(set("last=3", "--monitor", "val_acc") == "last=3,best=1:val_acc:max\n")
    #expect(set("last=3", "--monitor", "none") == "last=3\n")
    #expect(set("best=2:val_acc", "--monitor", "val_acc") == "best=2:val_acc:max\n")
    #expect(
      set("last=3", "--monitor", "reward", "--mode", "max") == "last=3,best=1:reward:max\n")
  }

  @Test("nothing is moved to the trash for space that this doesn't free")
  func trashForSpace() throws {
    let store = try makeRun(4)
    let result = ckpt(
      "prune", run.string, "--policy", "all,min-free=16000PiB", "--apply", "--trash")
    #expect(result.status == .badRequest)
    #expect(result.messages.contains("the trash frees no space"))
    #expect(try store.list().count == 4)
    #expect(try store.trash().isEmpty)
  }
}
