import Checkpoint
import SystemPackage
import Testing

@testable import CheckpointTrainer

@Suite("ModelCheckpoint by a cadence, of the best only")
struct BestOnlyCadenceTests {
  let directory: TemporaryDirectory
  let training: SmallTraining
  let lines = Lines()

  init() throws {
    directory = try TemporaryDirectory()
    training = try SmallTraining()
  }

  private var store: CheckpointStore {
    get throws { try CheckpointStore(at: directory.path) }
  }

  private func names() throws -> [String] { try store.list().map(\.fileName) }

  private func tagged() throws -> [String] {
    try store.list().filter { $0.summary.tags.contains("final") }.map(\.fileName)
  }

  private func path(_ name: String) -> FilePath { directory.path.appending(name) }

  @Test("of the best only, judges when it is time, and marks the end only if it is best")
  func bestOnly() throws {
    let losses = try {
      let model = try training.model()
      return try training.fit(model, epochs: 8)["loss"]
    }()
    let clock = FakeClock(batchSeconds: 1)
    let callback = clock.saves(
      path("{epoch}.ckpt"), monitor: "loss", bestOnly: true,
      frequency: .cadence(.everyEpoch(minimumIntervalSeconds: 13)))
    try training.fit(try training.model(), callbacks: [clock, callback], epochs: 8)
    var expected: [String] = []
    var (best, saved) = (Double.infinity, -100.0)
    for (index, loss) in losses.enumerated() {
      let now = Double(index + 1) * 6
      guard now - saved >= 13 || index == 7, loss < best else { continue }
      (best, saved) = (loss, now)
      expected.append("\(index + 1).ckpt")
    }
    #expect(try names() == expected)
    #expect(expected.count > 1)
    #expect(try tagged() == expected.filter { $0 == "8.ckpt" })
  }

  @Test(
    "of the best only, a value that is no better is judged again after the interval, not at once")
  func bestOnlyByCost() throws {
    let clock = FakeClock(batchSeconds: 1)
    let callback = clock.saves(
      path("{step:02d}.ckpt"), monitor: "val_loss", verbose: 1, bestOnly: true,
      frequency: .cadence(.cost(factor: 1, minimumSeconds: 4, maximumSeconds: 4)))
    callback.best = 0
    try training.fit(try training.model(), callbacks: [clock, callback], epochs: 2, lines: lines)
    // Steps 4, 8, and 12, which the end of training makes the end of an epoch too.
    let told = lines.lines.filter { $0.contains("val_loss did not improve from 0.00000") }
    #expect(told.count == 4)
    #expect(try names().isEmpty)
  }
}
