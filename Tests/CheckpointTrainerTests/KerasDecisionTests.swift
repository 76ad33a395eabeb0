import Checkpoint
import Testing

@testable import CheckpointTrainer

/// Random sequences of values, on which the callbacks must decide what Keras decided, and so must they
/// if the process ends after any epoch and another one goes on.
@Suite("What Keras' callbacks decide")
struct KerasDecisionTests {
  struct Case: CustomTestStringConvertible {
    let index: Int
    let json: JSONValue

    var name: String { json["callback"]?.stringValue ?? "" }
    var testDescription: String { "\(name) \(index)" }
    var values: [Double] { (json["values"]?.arrayValue ?? []).map { $0.numberValue ?? .nan } }
    var rates: [Double] { (json["rates"]?.arrayValue ?? []).compactMap(\.numberValue) }

    func number(_ key: String) -> Double? { json["settings"]?[key]?.numberValue }
    func integer(_ key: String) -> Int { Int(json["settings"]?[key]?.intValue ?? -1) }

    func callback() throws -> any Callback {
      let settings = try #require(json["settings"])
      let monitor = try #require(settings["monitor"]?.stringValue)
      let mode = try #require(MetricMode(rawValue: settings["mode"]?.stringValue ?? ""))
      if name == "EarlyStopping" {
        return EarlyStopping(
          monitor: monitor, minDelta: try #require(number("min_delta")),
          patience: integer("patience"), verbose: 1, mode: mode, baseline: number("baseline"),
          restoreBestWeights: settings["restore_best_weights"] == true,
          startFromEpoch: integer("start_from_epoch"))
      }
      return ReduceLROnPlateau(
        monitor: monitor, factor: try #require(number("factor")), patience: integer("patience"),
        verbose: 1, mode: mode, minDelta: try #require(number("min_delta")),
        cooldown: integer("cooldown"), minLearningRate: try #require(number("min_lr")))
    }
  }

  static let cases: [Case] = {
    let json = try? jsonFixture("keras-callbacks/decisions.json")
    return (json?["cases"]?.arrayValue ?? []).enumerated().map { Case(index: $0, json: $1) }
  }()

  @Test("are all there") func count() {
    #expect(KerasDecisionTests.cases.count == 48)
  }

  @Test("is what ours decide, resumed after any epoch or not", arguments: cases)
  func decisions(of recorded: Case) throws {
    let rate = Float(try #require(recorded.json["rate"]?.numberValue))
    let whole = ScriptedTraining(recorded.values, rate: rate)
    let model = try whole.model()
    let recorder = RateRecorder()
    try whole.fit(model, [try recorded.callback(), recorder])
    #expect(Int64(recorder.rates.count) == recorded.json["epochs"]?.intValue)
    #expect(recorder.rates == recorded.rates)
    let weight = Double(try #require(model.weights.first).value.elements[0])
    #expect(weight == recorded.json["weight"]?.numberValue)
    #expect(whole.lines.text == recorded.json["output"]?.stringValue)
    #expect(recorder.checkpoints.count == recorder.rates.count)

    for checkpoint in recorder.checkpoints {
      let resumed = ScriptedTraining(recorded.values, rate: rate)
      let other = try resumed.model()
      try other.restoreState(from: checkpoint)
      try resumed.fit(other, [try recorded.callback(), RateRecorder()])
      #expect(try other.checkpoint().tensors == model.checkpoint().tensors)
      #expect(other.history.json == model.history.json)
      #expect(whole.lines.text.hasSuffix(resumed.lines.text))
    }
  }
}

/// The learning rate after each epoch, and a checkpoint of then.
private final class RateRecorder: Callback {
  private(set) var rates: [Double] = []
  private(set) var checkpoints: [Checkpoint] = []

  func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    rates.append(Double(training.model.learningRate ?? -1))
    checkpoints.append(try training.model.checkpoint())
  }
}
