import Checkpoint
import CheckpointCommand
import Foundation
import SystemPackage
import Testing

@Suite("ckpt train")
struct TrainTests {
  let directory = TemporaryDirectory()

  /// 60 flowers of three kinds that a line or two can tell apart, sorted by kind.
  private func flowers() throws -> String {
    var text = "length,width,kind\n"
    for row in 0..<60 {
      let kind = row / 20
      text += "\(Double(kind * 2) + Double(row % 5) * 0.1),\(Double(row % 7) * 0.2),kind\(kind)\n"
    }
    let path = directory.path.appending("flowers.csv").string
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func train(_ more: String..., data: String, run: String = "run") -> CommandRun {
    ckpt(
      ["train", "--data", data, "--dir", directory.path.appending(run).string, "--hidden", "8"]
        + more)
  }

  @Test("learns a table, and goes on where it stopped")
  func tables() throws {
    let data = try flowers()
    let first = train("--epochs", "3", "--seed", "1", data: data)
    #expect(first.status == .success, "\(first.messages)")
    let more = train("--epochs", "6", "--seed", "1", data: data)
    #expect(more.output.contains("3 of 6 epochs done"))
    let whole = train("--epochs", "6", "--seed", "1", data: data, run: "whole")
    #expect(whole.status == .success)
    func newest(_ run: String) throws -> Checkpoint? {
      try CheckpointStore(at: directory.path.appending(run)).latest()?.checkpoint
    }
    #expect(try newest("run")?.tensors == newest("whole")?.tensors)
    #expect(try newest("run")?.metrics == newest("whole")?.metrics)
  }

  @Test("validates with rows drawn by lot, though the table is sorted")
  func validation() throws {
    let result = train(
      "--epochs", "60", "--batch-size", "4", "--best-only", "--json", data: try flowers())
    let history = try JSONValue.parse(result.output)["history"]
    #expect(result.status == .success, "\(result.messages)")
    #expect(history != nil && !result.output.contains("Epoch"))
    let best = try CheckpointStore(at: directory.path.appending("run")).best(by: "val_acc")
    #expect((best?.metrics["val_acc"] ?? 0) > 0.6)
  }

  @Test("trains without validation too")
  func withoutValidation() throws {
    let result = train("--epochs", "1", "--validation-split", "0", data: try flowers())
    #expect(result.status == .success, "\(result.messages)")
  }

  @Test(
    "bad input gets one line, a status, and leaves nothing",
    arguments: [
      ("a,b,kind\n1,2,x\n1,oops,y\n", "line 3, column 3 (b): 'oops' is not a finite number"),
      ("a,b,kind\n1,2,x\n1,nan,y\n", "'nan' is not a finite number"),
      ("a,b,kind\n1,2,x\n1,2\n", "line 3: 2 fields"),
      ("a,kind\n1,x\n2,x\n", "all rows have the same label"),
      ("kind\nx\ny\n", "labels only"),
      ("", "no rows"),
    ])
  func badTables(_ text: String, _ message: String) throws {
    let path = directory.path.appending("bad.csv").string
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let result = train(data: path)
    #expect(result.status == .unreadable)
    #expect(result.messages.contains(message), "\(result.messages)")
    #expect(result.messages.split(separator: "\n").count == 1)
    #expect(!FileManager.default.fileExists(atPath: directory.path.appending("run").string))
  }

  @Test("missing data is the system's answer, not wrong usage")
  func missing() {
    let result = train(data: directory.path.appending("none.csv").string)
    #expect(result.status == .failed, "\(result.messages)")
  }

  @Test("a second run of one directory is told who has it")
  func twoRuns() throws {
    let store = try CheckpointStore(at: directory.path.appending("run"))
    let run = try store.beginRun()
    let result = train("--epochs", "1", data: try flowers())
    #expect(result.status == .locked, "\(result.messages)")
    #expect(result.messages.contains("locked by pid"))
    run.release()
  }

  @Test("--policy keeps what it says; without it the directory's remembered one applies")
  func policies() throws {
    let data = try flowers()
    func stored(_ run: String) throws -> [StoredCheckpoint] {
      try CheckpointStore(at: directory.path.appending(run)).list()
    }
    let text = train(
      "--epochs", "9", "--policy", "last=2,best=1:val_acc:max", data: data, run: "text")
    #expect(text.status == .success, "\(text.messages)")
    #expect((2...3).contains(try stored("text").count))
    #expect(try stored("text").last?.epoch == 9)

    let short = train("--epochs", "9", "--policy", "short", data: data, run: "short")
    #expect(short.status == .success, "\(short.messages)")
    // The first epoch's, since the next may follow after 30 s only; and the end.
    #expect(try stored("short").map(\.epoch) == [1, 9])
    #expect(try stored("short").last?.summary.tags == ["final"])

    let store = try CheckpointStore(at: directory.path.appending("remembered"))
    try store.remember(try RetentionPolicy("last=1"))
    #expect(train("--epochs", "3", data: data, run: "remembered").status == .success)
    #expect(try stored("remembered").map(\.epoch) == [3])
  }

  @Test("a policy that saves within epochs has the step in the default names")
  func namesWithSteps() throws {
    let result = train(
      "--epochs", "2", "--batch-size", "16", "--policy", "all,save=cost:1:0s:1s",
      data: try flowers())
    #expect(result.status == .success, "\(result.messages)")
    let names = try CheckpointStore(at: directory.path.appending("run")).list().map(\.fileName)
    #expect(
      names.allSatisfy { $0.hasPrefix("weights-improvement-0") && $0.contains("-step-0000000") })
    #expect(names.last?.hasPrefix("weights-improvement-02-step-00000006-") == true)
    #expect(!result.output.contains("warning"))
  }

  @Test(
    "what is no policy is wrong usage",
    arguments: [
      ["--policy", "lsat=3"], ["--policy", "max-count=3"],
      ["--policy", "short", "--monitor", "quality"],
    ])
  func badPolicies(_ arguments: [String]) {
    let result = ckpt(["train", "--data", "x.csv", "--dir", "y"] + arguments)
    #expect(result.status == .usage)
    #expect(result.messages.contains("--policy"), "\(result.messages)")
  }

  @Test("the help page fits, and has examples of policies and the statuses of signals")
  func help() {
    let result = ckpt("train", "--help")
    #expect(result.status == .success)
    #expect(result.lines.allSatisfy { $0.count <= 100 || $0.hasPrefix("USAGE") })
    #expect(result.output.contains("  ckpt train --data mnist --dir run --policy short\n"))
    #expect(result.output.contains("\n  143 "))
    #expect(!ckpt("ls", "--help").output.contains("143"))
  }
}
