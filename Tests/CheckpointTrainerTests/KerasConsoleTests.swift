import Checkpoint
import Foundation
import SystemPackage
import Testing

@testable import CheckpointTrainer

/// Trainings whose values are scripted to be those of a recorded Keras run, so that what is written can
/// be compared with what Keras wrote.
@Suite("Keras' console output")
struct KerasConsoleTests {
  struct Recording: Sendable, CustomTestStringConvertible {
    var name: String
    var epochs: Int
    var verbose: Verbosity
    var path: FilePath
    var frequency = ModelCheckpoint.SaveFrequency.epoch
    var monitor: String?
    var validates = true
    var testDescription: String { name }
  }

  static let recordings = [
    Recording(name: "best", epochs: 10, verbose: 1, path: "ck/best.keras", monitor: "val_accuracy"),
    Recording(
      name: "tmpl", epochs: 3, verbose: 1,
      path: "ck/weights-improvement-{epoch:02d}-{val_accuracy:.2f}.keras"),
    Recording(name: "v2", epochs: 3, verbose: 2, path: "ck/w.weights.h5", monitor: "val_loss"),
    Recording(
      name: "freq", epochs: 2, verbose: 2, path: "ck/b{epoch}-{batch}.keras",
      frequency: .batches(20)),
    Recording(
      name: "noval", epochs: 2, verbose: 1, path: "ck/w.weights.h5", monitor: "val_loss",
      validates: false),
  ]

  @Test("is ours, but for the bar's intermediate states and the times", arguments: recordings)
  func transcript(recording: Recording) throws {
    let transcript = try String(
      contentsOf: fixture("keras-console/\(recording.name).stdout.txt"), encoding: .utf8)
    let directory = try TemporaryDirectory()
    let lines = Lines()
    try train(recording, values: scripted(transcript), in: directory, lines: lines)
    // Keras writes its warnings to standard error.
    let ours = lines.text.replacing(directory.path.string + "/", with: "")
      .replacing(#/warning: .*\n/#, with: "")
    #expect(normalized(ours) == normalized(transcript))
  }

  private func train(
    _ recording: Recording, values: [Logs], in directory: TemporaryDirectory, lines: Lines
  ) throws {
    let script = Script(values)
    let model = try Sequential([Dense(1)], inputShape: [1], seed: 1)
    model.compile(
      optimizer: SGD(), loss: ScriptedLoss(script: script),
      metrics: [ScriptedMetric(script: script)])
    let callback = ModelCheckpoint(
      directory.path.appending(recording.path.components), monitor: recording.monitor ?? "val_loss",
      verbose: 1, saveBestOnly: recording.monitor != nil, saveFrequency: recording.frequency)
    let data = FloatTensor(repeating: 0, shape: [32, 1])
    try model.fit(
      data, data, batchSize: 1, epochs: recording.epochs, verbose: recording.verbose,
      callbacks: [callback], validationData: recording.validates ? (data, data) : nil,
      console: lines.console)
  }

  /// The values of each epoch's final line; where a message tells one with more digits, that one.
  private func scripted(_ transcript: String) -> [Logs] {
    let plain = withoutDrawing(transcript)
    let number = #/(accuracy|loss|val_accuracy|val_loss): ([0-9.e+-]+)/#
    return plain.split(separator: "\n").filter { $0.hasPrefix("32/32") }.enumerated().map {
      epoch, line in
      var values = line.matches(of: number).map { (String($0.1), Double($0.2) ?? .nan) }
      let improved = try? Regex("Epoch \(epoch + 1): (\\w+) improved from \\S+ to ([0-9.]+)")
      if let improved, let match = plain.firstMatch(of: improved),
        let name = match.output[1].substring, let text = match.output[2].substring,
        let index = values.firstIndex(where: { $0.0 == name })
      {
        values[index].1 = Double(text) ?? .nan
      }
      return Logs(values)
    }
  }

  /// Without colours and without what was overwritten.
  private func withoutDrawing(_ text: String) -> String {
    let validates = text.contains(" - val_")
    return text.replacing(#/\x{1b}\[[0-9]*m/#, with: "").replacing("\u{8}", with: "")
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { line -> String in
        let last = line.split(separator: "\r", omittingEmptySubsequences: false).last ?? ""
        // Where a run validates, a state without these values was drawn over.
        let isComplete = validates ? last.contains("val_") : last.hasPrefix("32/32")
        let isPassing = last.firstMatch(of: #/^ *\d+\/32 ━/#) != nil && !isComplete
        return isPassing ? "" : String(last)
      }
      .joined(separator: "\n")
  }

  private func normalized(_ text: String) -> [String] {
    withoutDrawing(text).replacing(#/\d+s - \d+(s|ms|us)\/step/#, with: "TIME")
      .replacing(#/\d+s \d+(s|ms|us)\/step/#, with: "TIME")
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0.replacing(#/ +$/#, with: "")) }
  }
}

/// Values to be reported, epoch by epoch.
private final class Script: Sendable {
  let epochs: [Logs]
  private let calls = Calls()

  init(_ epochs: [Logs]) { self.epochs = epochs }

  /// The value of `name` in the epoch that the present call belongs to: 32 batches of training, then
  /// those of validation, if there are any.
  func value(_ name: String, isTraining: Bool) -> Double {
    epochs[min(calls.epoch, epochs.count - 1)][isTraining ? name : "val_" + name] ?? .nan
  }

  func begin(isTraining: Bool) { calls.begin(isTraining: isTraining) }
  var isTraining: Bool { calls.isTraining }
}

/// Counts epochs: each has 32 batches, and then perhaps validation.
private final class Calls: @unchecked Sendable {
  private(set) var epoch = 0
  private(set) var isTraining = true
  private var batchCount = 0

  func begin(isTraining: Bool) {
    if isTraining {
      epoch = batchCount / 32
      batchCount += 1
    }
    self.isTraining = isTraining
  }
}

private struct ScriptedLoss: Loss {
  static let className = "Scripted"
  static let identifier = "scripted"
  let script: Script
  var config: JSONObject { [:] }
  init(script: Script) { self.script = script }
  init(config: JSONObject) throws(TrainerError) { throw TrainerError(.unknownClass, "scripted") }

  func evaluate(
    outputs: FloatTensor, areLogits: Bool, targets: FloatTensor, wantsGradient: Bool
  ) -> LossValue {
    script.begin(isTraining: wantsGradient)
    let value = Float(script.value("loss", isTraining: wantsGradient))
    return LossValue(
      perSample: [Float](repeating: value, count: outputs.rowCount),
      gradient: wantsGradient ? FloatTensor(repeating: 0, shape: outputs.shape) : nil)
  }
}

private struct ScriptedMetric: Metric {
  static let className = "Scripted"
  let script: Script
  var name: String { "accuracy" }
  var config: JSONObject { [:] }
  init(script: Script) { self.script = script }
  init(config: JSONObject) throws(TrainerError) { throw TrainerError(.unknownClass, "scripted") }

  func update(_ state: inout [Double], outputs: FloatTensor, targets: FloatTensor) {
    state[0] += script.value("accuracy", isTraining: script.isTraining)
    state[1] += 1
  }
}
