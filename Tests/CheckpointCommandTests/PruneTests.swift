import Checkpoint
import CheckpointCommand
import SystemPackage
import Testing

@Suite("ckpt prune")
struct PruneTests {
  let directory = TemporaryDirectory()
  var run: FilePath { directory.file("run") }

  /// Twelve checkpoints; the accuracies rise to step 6 and fall.
  @discardableResult
  private func makeRun(_ count: Int = 12) throws -> CheckpointStore {
    let store = try CheckpointStore(
      at: run, options: StoreOptions(save: SaveOptions(created: Samples.created)))
    for number in 1...count {
      var checkpoint = Checkpoint(step: UInt64(number) * 100, epoch: UInt64(number))
      checkpoint.wallTime = Samples.created
      checkpoint.metrics = ["val_acc": 1 - Double(abs(number - 6)) / 100]
      checkpoint.tensors["w"] = Tensor([Float(number)])
      try store.save(checkpoint)
    }
    return store
  }

  private func steps(_ store: CheckpointStore) throws -> [UInt64] {
    try store.list().compactMap(\.step).map { $0 / 100 }
  }

  @Test("shows the plan with reasons and totals, and removes nothing")
  func plan() throws {
    let store = try makeRun()
    let result = ckpt("prune", run.string, "--policy", "last=2,best=3:val_acc:max")
    #expect(result.status == .success)
    #expect(result.lines.first == "policy last=2,best=3:val_acc:max")
    let row = try #require(result.lines.first { $0.contains("00000004-step") })
    #expect(row.contains("remove  rank 4 by val_acc 0.98; cutoff rank 3 is 0.99"))
    #expect(result.lines.contains { $0.hasSuffix("keep    best val_acc 1") })
    #expect(result.lines.contains { $0.hasSuffix("keep    newest, last 1 of 2") })
    #expect(
      result.lines.dropLast().last
        == "12 checkpoints (240 KiB): 5 stay (100 KiB), 7 go (140 KiB)")
    #expect(
      result.messages == "ckpt: nothing was removed: --apply does it, --why NAME explains\n")
    #expect(try steps(store).count == 12)
  }

  @Test("--apply removes what the plan says, and the second time has nothing to do")
  func apply() throws {
    let store = try makeRun()
    let arguments = ["prune", run.string, "--policy", "last=5,best=3:val_acc", "--apply"]
    let result = ckpt(arguments)
    #expect(result.status == .success)
    #expect(result.lines.filter { $0.hasPrefix("removed ") }.count == 4)
    #expect(try steps(store) == [5, 6, 7, 8, 9, 10, 11, 12])
    let again = ckpt(arguments)
    #expect(again.status == .success)
    #expect(again.output + again.messages == "")
    #expect(ckpt(arguments + ["--exit-code"]).status == .nothingToDo)
    #expect(ckpt(arguments + ["--json"]).json["status"] == "nothingToDo")
  }

  @Test("more than half goes only if a person says yes, or --yes was given")
  func confirmation() throws {
    let store = try makeRun()
    let arguments = ["prune", run.string, "--keep-last", "2", "--apply"]
    let refused = ckpt(arguments)
    #expect(refused.status == .badRequest)
    #expect(
      refused.messages
        == "ckpt: 10 of 12 checkpoints would go, more than half; nothing was removed: \(run); "
        + "say --yes if that is meant\n")
    #expect(ckpt(arguments, answer: false).status == .badRequest)
    #expect(try steps(store).count == 12)
    let asked = ckpt(arguments, answer: true)
    #expect(asked.status == .success)
    #expect(asked.messages.contains("more than half. Remove them? [y/N]"))
    #expect(try steps(store) == [11, 12])
    try makeRun()
    #expect(ckpt(arguments + ["--yes"]).status == .success)
    #expect(try steps(store) == [11, 12])
  }

  @Test("single rules and limits: alone they are the policy, beside --policy they change it")
  func rules() throws {
    try makeRun()
    func policy(_ arguments: String...) -> String? {
      ckpt(["prune", run.string, "--json"] + arguments).json["policy"]?.stringValue
    }
    #expect(policy("--keep-last", "3") == "last=3")
    #expect(
      policy("--keep-last", "3", "--keep-best", "2", "--monitor", "val_acc", "--keep-thin", "2h:3")
        == "last=3,best=2:val_acc:max,thin=2h:3")
    #expect(
      policy(
        "--keep-hourly", "24", "--keep-daily", "7", "--keep-weekly", "4", "--keep-tag", "final")
        == "hourly=24,daily=7,weekly=4,tag=final")
    #expect(
      policy("--policy", "short", "--monitor", "val_acc", "--keep-last", "7", "--max-bytes", "1GB")
        == "last=7,best=1:val_acc:max,max-bytes=1GB,save=epoch:30s")
    #expect(policy() == "last=10,best=1:val_acc:max,max-count=10,save=epochs:15min")
    #expect(
      policy("--max-count", "3") == "last=10,best=1:val_acc:max,max-count=3,save=epochs:15min")
    #expect(policy("--monitor", "none") == "last=10,max-count=10,save=epochs:15min")
    #expect(
      policy("--policy", "last=2", "--monitor", "val_acc") == "last=2,best=1:val_acc:max")
    #expect(
      policy("--keep-every", "500steps", "--keep-first", "2", "--min-free", "1B")
        == "every=500steps,first=2,min-free=1B")
  }

  @Test(
    "bad policies are one line and status 64",
    arguments: [
      ["--policy", "lust=5"], ["--policy", ""], ["--policy", "best=1:reward"],
      ["--keep-last", "0"], ["--keep-last", "3,first"], ["--keep-thin", "1h"],
      ["--max-bytes", "many"], ["--keep-best", "3"], ["--monitor", "reward"], ["--mode", "max"],
      ["--trash"], ["--yes"], ["--apply", "--undo"], ["--undo", "--keep-last", "3"],
      ["--apply", "--plan", "x", "--keep-last", "3"], ["--wait=-1"],
    ])
  func badPolicies(_ arguments: [String]) throws {
    try makeRun(1)
    let result = ckpt(["prune", run.string] + arguments)
    #expect(result.status == .usage)
    #expect(result.messages.hasPrefix("ckpt: ") || result.messages.hasPrefix("Error: "))
  }

  @Test("--why tells how one stands with each rule, and what would keep it")
  func why() throws {
    try makeRun()
    let result = ckpt(
      "prune", run.string, "--policy", "last=2,best=3:val_acc,thin=300steps:2,max-count=4",
      "--why", "9")
    #expect(result.status == .success)
    #expect(
      result.output == """
        00000009-step-00000900.ckpt: remove: no room: max-count=4; it was thin=300steps:2
          last=2: does not keep it, rank 4; the last that it keeps is 00000011-step-00001100.ckpt
          best=3:val_acc:max: does not keep it, rank 7 with 0.97; the last that it keeps is \
        00000007-step-00000700.ckpt with 0.99
          thin=300steps:2: keeps it, rank 2
          would be kept by last=4,best=3:val_acc:max,thin=300steps:2,max-count=5
          would be kept by last=2,best=7:val_acc:max,thin=300steps:2,max-count=9
          would be kept by last=2,best=3:val_acc:max,thin=300steps:2,max-count=7

        """)
    #expect(ckpt("prune", run.string, "--why", "99").status == .badRequest)
    let json = ckpt("prune", run.string, "--policy", "last=2", "--why", "1", "--json").json
    #expect(json["verdict"] == "remove")
    #expect(json["explanation"]?.arrayValue?.count == 2)
  }

  @Test("JSON: typed reasons, near misses, totals")
  func json() throws {
    let store = try makeRun()
    try store.pin(store.checkpoint(sequence: 1))
    try directory.write([9, 9], to: "run/broken.ckpt")
    let result = ckpt("prune", run.string, "--policy", "last=2,best=2:val_acc", "--json")
    #expect(result.status == .success)
    #expect(result.messages.isEmpty)
    let json = result.json
    #expect(json["status"] == "planned")
    #expect(json["before"]?["count"] == 13)
    #expect(json["after"]?["count"] == 6)
    #expect(json["removed"]?["sizeBytes"]?.intValue == Int64(7 * 20480))
    func entry(_ name: String) -> JSONValue? {
      json["checkpoints"]?.arrayValue?.first { $0["fileName"] == .string(name) }
    }
    #expect(entry("broken.ckpt")?["verdict"] == "blocked")
    #expect(entry("broken.ckpt")?["reasons"]?[0]?["kind"] == "unreadable")
    #expect(entry("00000001-step-00000100.ckpt")?["reasons"]?[0]?["kind"] == "pinned")
    let removed = entry("00000004-step-00000400.ckpt")
    #expect(removed?["verdict"] == "remove")
    #expect(removed?["nearMisses"]?[1]?["rule"] == "best=2:val_acc:max")
    #expect(removed?["nearMisses"]?[1]?["rank"] == 4)
  }

  @Test("a limit that can't be met: what may go goes, and status 1 with the exact shortfall")
  func shortfall() throws {
    let store = try makeRun(3)
    for sequence in 1...2 { try store.pin(store.checkpoint(sequence: UInt64(sequence))) }
    let result = ckpt("prune", run.string, "--policy", "all,max-count=1", "--apply")
    #expect(result.status == .no)
    #expect(
      result.messages
        == "ckpt: max-count=1 can't be met: 3 stay, 2 too many; what is left never goes (newest, "
        + "best, pinned, unreadable)\n")
    let json = ckpt("prune", run.string, "--policy", "all,max-bytes=10kB", "--json").json
    #expect(json["shortfalls"]?[0]?["missing"]?.intValue == Int64(3 * 20480 - 10000))
  }

  @Test("a policy that tracks a metric which isn't there says so")
  func missingMetric() throws {
    try makeRun(3)
    let result = ckpt("prune", run.string, "--policy", "last=2,best=1:val_loss")
    #expect(
      result.messages.contains(
        "no checkpoint has the metric \"val_loss\", so that the best by it can't be kept; there are "
          + "val_acc\n"))
    #expect(
      !ckpt("prune", run.string, "--policy", "last=2,best=1:val_accuracy").messages.contains(
        "metric")
    )
  }

  @Test("--simulate forecasts without a directory, or for one, and touches nothing")
  func simulate() throws {
    let alone = ckpt(
      "prune", "--simulate", "1d", "--every", "20m", "--size", "1.5GB", "--policy", "long",
      "--monitor", "val_loss", "--versus", "short", "--ascii")
    #expect(alone.status == .success)
    #expect(alone.output.contains("72 saves in 1 d, one every 20 min"))
    let store = try makeRun(3)
    let json = ckpt("prune", run.string, "--simulate", "1h", "--json").json
    #expect(
      json["forecasts"]?[0]?["policy"]
        == "last=10,best=1:val_acc:max,max-count=10,save=epochs:15min")
    #expect(try steps(store).count == 3)
    #expect(ckpt("prune", "--simulate", "1d").status == .usage)
    #expect(ckpt("prune", "--simulate", "1d", "--apply").status == .usage)
    #expect(ckpt("prune", "--every", "20m", run.string).status == .usage)
    #expect(ckpt("prune").status == .usage)
  }
}
