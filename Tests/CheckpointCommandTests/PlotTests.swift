import Checkpoint
import CheckpointCommand
import SystemPackage
import Testing

@Suite("ckpt plot")
struct PlotTests {
  let directory = TemporaryDirectory()

  private var run: String { directory.file("run").string }

  private static let history: [(name: String, values: [Double])] = [
    ("acc", [0.5, 0.625, 0.75, 0.875]), ("loss", [1, 0.5, 0.25, 0.2]),
    ("val_acc", [0.5, 0.5, 0.625, 0.5]), ("val_loss", [1, 0.6, 0.4, 0.8]),
  ]

  /// A run of four epochs of ten steps, each saved, and once more in the middle of the fifth.
  private func makeRun(
    _ history: [(name: String, values: [Double])] = history
  ) throws -> CheckpointStore {
    let store = try CheckpointStore(at: FilePath(run))
    let runID = UniqueID(high: 1, low: 2)
    // Of an earlier run in the same directory.
    var other = Checkpoint(step: 900, epoch: 9)
    other.metrics["val_loss"] = 0.01
    try store.save(other, as: "other.ckpt")
    for epoch in 1...5 {
      var checkpoint = Checkpoint(step: UInt64(epoch == 5 ? 45 : epoch * 10))
      checkpoint.epoch = UInt64(min(epoch, 4))
      checkpoint.runID = runID
      let count = min(epoch, 4)
      var columns = JSONObject()
      for (name, values) in history {
        columns[name] = .array(values.prefix(count).map { .number($0) })
        if epoch < 5 { checkpoint.metrics[name] = values[epoch - 1] }
      }
      checkpoint.documents["history"] = [
        "epoch": .array((0..<count).map { .int(Int64($0)) }), "history": .object(columns),
      ]
      checkpoint.documents["position"] = ["samples": 77, "batch_size": 8]
      try store.save(checkpoint, as: "epoch-\(epoch).ckpt")
    }
    return store
  }

  @Test("draws what belongs together in one field, with signs for checkpoints and the best")
  func picture() throws {
    _ = try makeRun()
    let result = ckpt("plot", run, "--ascii", "--metric", "loss", width: 44)
    #expect(result.status == .success)
    #expect(result.messages == "")
    #expect(
      result.lines.dropFirst().joined(separator: "\n") == """

        * loss 0.2   o val_loss 0.8
          1 +**
            | ***o
        0.8 +   ***o                         oo
            |     ***oo                   oooo
        0.6 +       ****ooo            oooo
            |          ****oooooo   oooo
        0.4 +             ***** ooo@o
            |                 *****************
        0.2 +-----------+----------+----------+-----
             ^          ^          @          ^    ^
             1          2          3   epoch  4

        ^ checkpoint
        @ best by val_loss: 0.4, epoch-3.ckpt

        """, "\(result.output)")
  }

  @Test("all metrics, the loss first")
  func all() throws {
    _ = try makeRun()
    let result = ckpt("plot", run, width: 60, color: true)
    let titles = result.lines.filter { $0.contains("━━") }.map(LinePlotTests.plain)
    #expect(titles == ["━━ loss 0.2   ━━ val_loss 0.8", "━━ acc 0.875   ━━ val_acc 0.5"])
    // On the curve and below the axes.
    #expect(result.output.count { $0 == "★" } == 4)
  }

  @Test("--metric takes the validation values with it, alone, or by the other name")
  func metrics() throws {
    _ = try makeRun()
    func names(_ arguments: String...) -> [JSONValue?] {
      let json = ckpt(["plot", run, "--json"] + arguments.flatMap { ["--metric", $0] }).json
      return json["series"]?.arrayValue?.map { $0["metric"] } ?? []
    }
    #expect(names() == ["loss", "val_loss", "acc", "val_acc"])
    #expect(names("acc") == ["acc", "val_acc"])
    #expect(names("accuracy", "val_loss") == ["acc", "val_acc", "val_loss"])
    #expect(names("val_acc") == ["val_acc"])
    let unknown = ckpt("plot", run, "--metric", "f1")
    #expect(unknown.status == .badRequest)
    #expect(unknown.messages.contains("there are: loss, val_loss, acc, val_acc"))
  }

  @Test("--json has the values, the places of this run's checkpoints, and the best")
  func json() throws {
    _ = try makeRun()
    let result = ckpt("plot", run, "--json")
    #expect(result.messages == "")
    let json = result.json
    #expect(json["source"] == .string(run + "/epoch-5.ckpt"))
    #expect(json["epochs"] == [1, 2, 3, 4])
    #expect(json["series"]?[1]?["values"] == [1.0, 0.6, 0.4, 0.8])
    let places = json["checkpoints"]?.arrayValue?.map { $0["epochsTrained"]?.doubleValue }
    #expect(places == [1, 2, 3, 4, 4.5])
    #expect(json["best"]?["fileName"] == "epoch-3.ckpt")
    #expect(json["best"]?["metric"] == "val_loss")
    let other = ckpt("plot", run, "--json", "--monitor", "loss", "--mode", "max").json
    #expect(other["best"]?["fileName"] == "epoch-1.ckpt")
    #expect(ckpt("plot", run, "--json", "--monitor", "none").json["best"] == .null)
    #expect(ckpt("plot", run, "--monitor", "f1").status == .badRequest)
    #expect(ckpt("plot", run, "--mode", "max").status == .usage)
  }

  @Test("a checkpoint of its own has a history too")
  func file() throws {
    _ = try makeRun()
    let json = ckpt("plot", run + "/epoch-2.ckpt", "--json").json
    #expect(json["epochs"] == [1, 2])
    #expect(json["checkpoints"]?.arrayValue?.map { $0["fileName"] } == ["epoch-2.ckpt"])
    #expect(json["best"] == .null)
  }

  @Test("a newest checkpoint that is damaged is passed over, and named")
  func damaged() throws {
    _ = try makeRun()
    let path = directory.file("run").appending("epoch-5.ckpt")
    try Samples.cut(path, to: 100)
    let result = ckpt("plot", run)
    #expect(result.status == .success)
    #expect(result.messages.contains("epoch-5.ckpt"), "\(result.messages)")
    #expect(result.output.contains("epoch-4.ckpt"))
  }

  @Test("values that are no numbers leave gaps; none at all is said")
  func poor() throws {
    let store = try makeRun([("loss", [.nan, 2, .infinity, 1])])
    let result = ckpt("plot", run, "--json")
    #expect(result.json["series"]?[0]?["values"] == ["NaN", 2.0, "Infinity", 1.0])
    #expect(ckpt("plot", run).status == .success)
    var start = Checkpoint(step: 1)
    start.documents["history"] = ["epoch": [], "history": [:]]
    try store.save(start, as: "start.ckpt")
    let early = ckpt("plot", run)
    #expect(early.status == .success)
    #expect(early.messages == "ckpt: no epoch has ended yet\n")
  }

  @Test("without a history, without checkpoints, without a directory")
  func nothing() throws {
    _ = try Samples.makeRun(at: directory.file("bare"))
    let bare = ckpt("plot", directory.file("bare").string)
    #expect(bare.status == .badRequest)
    #expect(bare.messages.contains("no history"), "\(bare.messages)")
    try Samples.save(Checkpoint(step: 1), to: directory.file("one.ckpt"))
    #expect(ckpt("plot", directory.file("one.ckpt").string).status == .badRequest)
    _ = try CheckpointStore(at: directory.file("empty"))
    #expect(ckpt("plot", directory.file("empty").string).status == .failed)
    #expect(ckpt("plot", directory.file("none").string).status == .failed)
    try directory.write([1, 2, 3], to: "text.ckpt")
    #expect(ckpt("plot", directory.file("text.ckpt").string).status == .unreadable)
  }

  @Test("hostile histories are an error, and no trap")
  func hostile() throws {
    let documents: [JSONValue] = [
      [:], [], "x", ["epoch": [1.5], "history": [:]], ["epoch": [0], "history": ["loss": []]],
      ["epoch": [0], "history": ["loss": ["x"]]], ["epoch": [0], "history": ["loss": 3]],
      ["epoch": [9_223_372_036_854_775_807], "history": ["loss": [1]]],
    ]
    for (number, document) in documents.enumerated() {
      var checkpoint = Checkpoint(step: .max, epoch: .max)
      checkpoint.documents["history"] = document
      checkpoint.documents["position"] = ["samples": 1e300, "batch_size": 1e-300]
      let path = directory.file("\(number).ckpt")
      try Samples.save(checkpoint, to: path)
      let result = ckpt("plot", path.string)
      #expect(result.status == .unreadable, "\(document) \(result.output)")
      #expect(result.messages.split(separator: "\n").count == 1)
    }
  }

  @Test("never wider than the terminal", arguments: [false, true])
  func width(_ color: Bool) throws {
    _ = try makeRun()
    for width in Array(1...40) + [60, 79, 80, 200] {
      for arguments in [["--ascii"], []] {
        let result = ckpt(["plot", run] + arguments, width: width, color: color)
        #expect(
          result.lines.allSatisfy { LinePlotTests.plain($0).count <= width }, "\(width)")
      }
    }
  }
}
