import Checkpoint
import CheckpointTrainer
import Foundation
import SystemPackage

/// What saves cost a training: the same steps without saves, with saves that it waits for, and with saves in the
/// background that hold or copy the state. `background-saves [ROUNDS, 3 by default]`; writes below TMPDIR.
@main
struct BackgroundSaves {
  private enum Saving: String, CaseIterable {
    case none = "no saves"
    case foreground = "waiting for each save"
    case held = "background, held"
    case copied = "background, copied"
  }

  /// Steps of a training, and after how many of them it saves.
  private static let stepCount = 64
  private static let interval = 16
  /// Steps at the beginning that don't count: memory is had, caches are filled.
  private static let warmUpCount = 8
  private static let batchSize = 32
  private static let width = 4096

  static func main() throws {
    let rounds = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 3 : 3
    var seconds: [Saving: [[Double]]] = [:]
    for _ in 0..<rounds {
      for saving in Saving.allCases { seconds[saving, default: []].append(try train(saving)) }
    }
    print("| saves | step, median | beyond that, per save | training |\n|---|---|---|---|")
    for saving in Saving.allCases {
      let steps = seconds[saving] ?? []
      let middle = median(steps.joined().map { $0 })
      // What saves cost in all, dealt out to them; the last one comes after the last step's begin.
      let costs = steps.map {
        ($0.reduce(0, +) - Double($0.count) * median($0)) / Double(stepCount / interval - 1)
      }
      let totals = steps.map { $0.reduce(0, +) }
      print(
        "| \(saving.rawValue) | \(milliseconds(middle)) | \(milliseconds(median(costs))) | "
          + "\(milliseconds(median(totals))) |")
    }
  }

  private static func train(_ saving: Saving) throws -> [Double] {
    let directory = FilePath(NSTemporaryDirectory()).appending("ckpt-background-\(UniqueID.random())")
    defer { try? FileManager.default.removeItem(atPath: directory.string) }
    let model = try Sequential(
      [Dense(width, activation: .relu), Dense(width, activation: .relu), Dense(10, activation: .softmax)],
      inputShape: [width / 4], seed: 1)
    model.compile(optimizer: Adam(), loss: CategoricalCrossentropy())
    let count = stepCount * batchSize
    let inputs = FloatTensor(
      (0..<count * width / 4).map { Float(($0 &* 7919) % 1000) / 1000 }, shape: [count, width / 4])
    let targets = FloatTensor((0..<count * 10).map { $0 % 10 == $0 / 10 % 10 ? 1 : 0 }, shape: [count, 10])
    let clock = StepClock()
    var callbacks: [any Callback] = [clock]
    if saving != .none {
      let store = try CheckpointStore(
        at: directory, retention: .policy(RetentionPolicy("last=2")),
        options: StoreOptions(backgroundSnapshot: saving == .copied ? .copied : .held))
      callbacks.append(
        ModelCheckpoint(
          directory.appending("step-{batch}.ckpt"), store: store,
          saveFrequency: .batches(interval), savesInBackground: saving != .foreground))
    }
    try model.fit(
      inputs, targets, batchSize: batchSize, epochs: 1, verbose: .silent, callbacks: callbacks)
    return Array(clock.seconds.dropFirst(warmUpCount))
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  private static func milliseconds(_ seconds: Double) -> String {
    "\(String(format: "%.0f", 1000 * seconds)) ms"
  }
}
