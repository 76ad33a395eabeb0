import Checkpoint
import Foundation
import SystemPackage
import Testing

/// `ckpt train` as a scheduler runs it: told to end, and started again.
@Suite("ckpt train and signals")
struct TrainSignalTests {
  let directory = TemporaryDirectory()

  private func path(_ name: String) -> FilePath { directory.path.appending(name) }

  /// A table whose training takes long enough to be met in its middle.
  private func table() throws -> String {
    var text = "a,b,kind\n"
    for row in 0..<4000 { text += "\(row % 7),\(row % 11),kind\(row % 3)\n" }
    let path = path("table.csv").string
    if !FileManager.default.fileExists(atPath: path) {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    return path
  }

  /// What a run of the program left behind.
  private struct Outcome {
    /// The exit status; -1 if a signal has ended it.
    var status: Int32
    var output: String
    var messages: String
  }

  private func text(_ name: String) -> String {
    (try? String(contentsOfFile: path(name).string, encoding: .utf8)) ?? ""
  }

  /// Trains, and sends the signal when the second epoch has begun.
  private func train(
    _ run: String, _ more: String..., signal: Int32? = nil
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try BuiltProgram.path)
    process.arguments =
      [
        "train", "--data", try table(), "--dir", path(run).string, "--hidden", "16", "--seed", "4",
        "--dropout", "0.3", "--epochs", "4", "--batch-size", "1",
      ] + more
    func file(_ name: String) throws -> FileHandle {
      _ = FileManager.default.createFile(atPath: path(name).string, contents: nil)
      return try FileHandle(forWritingTo: URL(fileURLWithPath: path(name).string))
    }
    process.standardOutput = try file("output")
    process.standardError = try file("messages")
    do {
      // A child inherits what this thread blocks, and threads of Swift's pool block everything.
      var (all, before) = (sigset_t(), sigset_t())
      sigfillset(&all)
      pthread_sigmask(SIG_UNBLOCK, &all, &before)
      defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
      try process.run()
    }
    if let signal {
      while process.isRunning, !(text("output") + text("messages")).contains("Epoch 2/4") {
        usleep(1000)
      }
      kill(process.processIdentifier, signal)
    }
    process.waitUntilExit()
    return Outcome(
      status: process.terminationReason == .exit ? process.terminationStatus : -1,
      output: text("output"), messages: text("messages"))
  }

  private func newest(_ run: String) throws -> Checkpoint {
    try #require(
      try CheckpointStore(at: path(run), options: StoreOptions(access: .readOnly)).latest()
    ).checkpoint
  }

  @Test("SIGTERM in the middle of an epoch costs nothing: the same command ends in the same bits")
  func exactResume() throws {
    let whole = try train("whole")
    #expect(whole.status == 0, "\(whole.messages)")

    let stopped = try train("run", signal: SIGTERM)
    #expect(stopped.status == 143)
    #expect(stopped.messages.hasPrefix("ckpt: stopped by SIGTERM after step "))
    let state = try newest("run")
    let position = try #require(state.documents["position"])
    #expect(position["event"] == "batch")
    #expect(stopped.messages.contains("after step \(try #require(state.step)), which is saved"))

    let resumed = try train("run")
    #expect(resumed.status == 0, "\(resumed.messages)")
    #expect(resumed.output.contains("stopped-step-"))
    #expect(resumed.output.contains("batches of the next"))
    let (end, expected) = (try newest("run"), try newest("whole"))
    #expect(end.step == expected.step)
    #expect(end.tensors == expected.tensors)
    #expect(end.blobs == expected.blobs)
    #expect(end.documents["history"] == expected.documents["history"])
  }

  @Test("SIGINT is 130; under --json the error is an object")
  func interruption() throws {
    let stopped = try train("run", "--json", signal: SIGINT)
    #expect(stopped.status == 130)
    let error = try JSONValue.parse(stopped.output)["error"]
    #expect(error?["code"] == "interrupted")
    #expect(error?["message"]?.stringValue?.hasPrefix("stopped by SIGINT after step ") == true)
  }

  @Test("of the best only, it says that it goes on from the last checkpoint")
  func bestOnly() throws {
    let stopped = try train("run", "--best-only", "--name", "best.ckpt", signal: SIGTERM)
    #expect(stopped.status == 143)
    #expect(stopped.messages.contains("only the best are saved"))
    #expect(stopped.messages.contains("goes on from the last checkpoint"))
    #expect(try newest("run").documents["position"]?["event"] == "epoch")
  }
}
