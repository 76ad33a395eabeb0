import Checkpoint
import CheckpointCommand
import SystemPackage
import Testing

@Suite("ckpt prune: plans in files, the trash, damage, locks")
struct PrunePlanFileTests {
  let directory = TemporaryDirectory()
  var run: FilePath { directory.file("run") }
  var file: String { directory.file("plan.json").string }

  private func steps(_ store: CheckpointStore) throws -> [UInt64] {
    try store.list().compactMap(\.step).map { $0 / 100 }
  }

  @Test("a plan that was written is carried out later")
  func planFile() throws {
    let store = try Samples.makeRun(at: run)
    let made = ckpt("prune", run.string, "--keep-last", "1", "--plan", file)
    #expect(made.status == .success)
    #expect(made.messages.hasSuffix("ckpt: plan written: \(file)\n"))
    #expect(try steps(store) == [1, 2, 3])
    let done = ckpt("prune", run.string, "--apply", "--plan", file)
    #expect(done.status == .success)
    // The last one has NaN weights: the newest, and the newest with finite weights, stay.
    #expect(try steps(store) == [2, 3])
    #expect(ckpt("prune", run.string, "--apply", "--plan", file).status == .badRequest)
  }

  @Test("a plan for a directory that has changed is refused, and nothing is removed")
  func stale() throws {
    let store = try Samples.makeRun(at: run)
    let changes: [() throws -> Void] = [
      { try store.pin(store.checkpoint(sequence: 1)) },
      { try store.save(Checkpoint(step: 900)) },
      { try self.directory.write([1], to: "run/00000002-step-00000200.ckpt") },
    ]
    for change in changes {
      #expect(ckpt("prune", run.string, "--keep-last", "1", "--plan", file).status == .success)
      try change()
      let before = try directory.names()
      let result = ckpt("prune", run.string, "--apply", "--plan", file, "--yes")
      #expect(result.status == .badRequest)
      #expect(result.messages.contains("the directory is not the one of the plan any more: "))
      #expect(try directory.names() == before)
    }
  }

  @Test("a plan that somebody has changed removes nothing else")
  func forged() throws {
    let store = try Samples.makeRun(at: run)
    #expect(ckpt("prune", run.string, "--keep-last", "1", "--plan", file).status == .success)
    let text = String(decoding: try directory.bytes("plan.json"), as: UTF8.self)
    let forgeries = [
      "", "{}", "[1]", "{\"kind\": \"ckpt prune plan\"}", String(text.dropLast(3)),
      replacing(text, "\"remove\": false", "\"remove\": true"),
      replacing(text, "last=1", "last=2"), replacing(text, "\"version\": 1", "\"version\": 2"),
      replacing(text, "\"sizeBytes\": 2", "\"sizeBytes\": -2"),
      replacing(text, "00000001-step", "../00000001-step"),
    ]
    for forgery in forgeries {
      try directory.write(Array(forgery.utf8), to: "plan.json")
      let result = ckpt("prune", run.string, "--apply", "--plan", file, "--yes")
      #expect(result.status == .unreadable || result.status == .badRequest, "\(result.messages)")
      #expect(result.messages.split(separator: "\n").count == 1)
      #expect(try steps(store) == [1, 2, 3])
    }
    #expect(
      ckpt("prune", run.string, "--apply", "--plan", directory.file("none").string).status
        == .failed)
  }

  private func replacing(_ text: String, _ old: String, _ new: String) -> String {
    #expect(text.contains(old), "\(old) isn't in the plan")
    return text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
  }

  @Test("--trash moves away, --undo brings back, --empty-trash removes for good")
  func trash() throws {
    let store = try Samples.makeRun(at: run)
    let arguments = ["prune", run.string, "--keep-last", "1", "--apply", "--trash"]
    let moved = ckpt(arguments)
    #expect(moved.lines.first?.hasPrefix("moved to the trash: 00000001-step-00000100.ckpt") == true)
    #expect(try steps(store) == [2, 3])
    let undone = ckpt("prune", run.string, "--undo")
    #expect(undone.output == "00000001-step-00000100.ckpt: restored (20.0 KiB)\n")
    #expect(try steps(store) == [1, 2, 3])
    #expect(ckpt("prune", run.string, "--undo").output.isEmpty)
    #expect(ckpt(arguments).status == .success)
    let emptied = ckpt("prune", run.string, "--empty-trash", "--json").json
    #expect(emptied["files"]?[0]?["fileName"] == "00000001-step-00000100.ckpt")
    #expect(ckpt("prune", run.string, "--undo").messages == "ckpt: the trash is empty: \(run)\n")
  }

  @Test("a damaged newest fills no quota, found by --apply itself or by --verify")
  func damaged() throws {
    let store = try Samples.makeRun(at: run)
    let path = run.appending("00000003-step-00000300.ckpt")
    try Samples.damage(path, at: try Samples.offset(of: "w", chunk: 0, in: path))
    let plan = ckpt("prune", run.string, "--keep-last", "1", "--json").json
    #expect(plan["removed"]?["count"] == 1)
    let verified = ckpt("prune", run.string, "--keep-last", "1", "--verify", "--json").json
    #expect(verified["checkpoints"]?[2]?["reasons"]?[0]?["kind"] == "unreadable")
    #expect(verified["removed"]?["count"] == 1)
    #expect(verified["checkpoints"]?[1]?["verdict"] == "keep")
    let result = ckpt("prune", run.string, "--keep-last", "1", "--apply")
    #expect(result.status == .success)
    #expect(result.messages.contains("a checkpoint that stays is damaged"))
    #expect(try steps(store) == [2, 3])
  }

  @Test("while another writes: status 75; a missing directory is not made")
  func locked() throws {
    let store = try Samples.makeRun(at: run)
    let lock = try HeldLock(run.appending(".ckpt").appending("lock"))
    let arguments = ["prune", run.string, "--keep-last", "1", "--apply", "--wait", "0"]
    #expect(ckpt("prune", run.string, "--keep-last", "1").status == .success)
    #expect(ckpt(arguments).status == .locked)
    lock.release()
    #expect(ckpt(arguments).status == .success)
    #expect(try steps(store) == [2, 3])
    let missing = directory.file("other").string
    #expect(ckpt("prune", missing, "--apply").status == .failed)
    #expect(ckpt("prune", missing, "--undo").status == .failed)
    #expect(ckpt("policy", "set", missing, "last=1").status == .failed)
    #expect(try directory.names() == ["run"])
  }

  @Test("--run picks another run by the beginning of its UUID")
  func runs() throws {
    let store = try Samples.makeRun(at: run)
    for step in 4...5 {
      var checkpoint = Checkpoint(step: UInt64(step) * 100)
      checkpoint.runID = UniqueID(high: 0xABCD_0000_0000_0000, low: 1)
      checkpoint.tensors["w"] = Tensor([Float(step)])
      try store.save(checkpoint)
    }
    let own = ckpt("prune", run.string, "--keep-last", "1", "--json").json
    #expect(own["run"]?.stringValue?.hasPrefix("abcd") == true)
    #expect(own["removed"]?["count"] == 1)
    let first = try #require(try store.list().first?.summary.runID.description)
    let other = ckpt(
      "prune", run.string, "--keep-last", "1", "--run", String(first.prefix(9)), "--apply")
    #expect(other.status == .success)
    #expect(try steps(store) == [2, 3, 4, 5])
    #expect(ckpt("prune", run.string, "--run", "zz").status == .badRequest)
  }

  @Test("ckpt policy: set, shown, cleared, and what prune goes by")
  func policy() throws {
    let store = try Samples.makeRun(at: run)
    #expect(ckpt("policy", "show", run.string).status == .no)
    let text = "last=1,best=1:val_acc:max,save=epoch:30s"
    let set = ckpt("policy", "set", run.string, "short", "--monitor", "val_acc")
    #expect(set.output == "last=3,best=1:val_acc:max,save=epoch:30s\n")
    #expect(ckpt("policy", "set", run.string, text).output == text + "\n")
    #expect(ckpt("policy", "show", run.string, "--json").json["policy"] == .string(text))
    #expect(ckpt("prune", run.string).lines.first == "policy \(text)")
    #expect(ckpt("prune", run.string, "--keep-last", "9").lines.first == "policy last=9")
    #expect(try store.rememberedPolicy()?.text == text)
    #expect(ckpt("policy", "clear", run.string).status == .success)
    #expect(try store.rememberedPolicy() == nil)
    #expect(ckpt("policy", "set", run.string, "last").status == .usage)
    #expect(ckpt("policy", "set", directory.path.string, "short").status == .badRequest)
    #expect(
      ckpt("policy", "set", directory.path.string, "short", "--monitor", "none").status == .success)
  }
}
