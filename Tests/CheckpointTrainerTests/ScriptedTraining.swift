import Checkpoint
import CheckpointTrainer
import Synchronization

/// A training whose validation values are given, epoch by epoch: `val_loss` and `val_score`. After each
/// epoch the model's weight is the epoch's number, from 0.
struct ScriptedTraining {
  private let script: Script
  private let epochs: Int
  private let rate: Float
  let lines = Lines()

  /// - Parameter trainingLosses: 0.5 in all epochs if left out.
  init(_ values: [Double], rate: Float = 0.5, trainingLosses: [Double]? = nil) {
    script = Script(values, trainingLosses)
    epochs = values.count
    self.rate = rate
  }

  func model() throws -> Sequential {
    let model = try Sequential([Dense(1)], inputShape: [1], seed: 1)
    model.compile(
      optimizer: SGD(learningRate: rate), loss: ScriptedLoss(script: script),
      metrics: [ScriptedScore(script: script)])
    return model
  }

  /// Two batches to the epoch.
  @discardableResult
  func fit(_ model: Sequential, _ callbacks: [any Callback]) throws -> History {
    let data = FloatTensor(repeating: 0, shape: [2, 1])
    return try model.fit(
      data, data, batchSize: 1, epochs: epochs, verbose: 0,
      callbacks: [ScriptFollower(script)] + callbacks,
      validationData: (data, data), console: lines.console)
  }
}

/// Values, and the epoch that is now.
private final class Script: Sendable {
  private let values: [Double]
  private let trainingLosses: [Double]?
  private let epoch = Mutex(0)

  init(_ values: [Double], _ trainingLosses: [Double]?) {
    self.values = values
    self.trainingLosses = trainingLosses
  }

  func begin(_ epoch: Int) { self.epoch.withLock { $0 = epoch } }

  func value(isTraining: Bool) -> Double {
    let epoch = epoch.withLock { $0 }
    return isTraining ? trainingLosses?[epoch] ?? 0.5 : values[epoch]
  }
}

private final class ScriptFollower: Callback {
  private let script: Script

  init(_ script: Script) { self.script = script }

  func onEpochBegin(_ epoch: Int, _ training: TrainingSession) throws(TrainerError) {
    script.begin(epoch)
  }

  func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    try training.model.setWeights([
      "dense/kernel": FloatTensor([Float(epoch)], shape: [1, 1]),
      "dense/bias": FloatTensor([0], shape: [1]),
    ])
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
    let value = Float(script.value(isTraining: wantsGradient))
    return LossValue(
      perSample: [Float](repeating: value, count: outputs.rowCount),
      gradient: wantsGradient ? FloatTensor(repeating: 0, shape: outputs.shape) : nil)
  }
}

private struct ScriptedScore: Metric {
  static let className = "Score"
  let script: Script
  var name: String { "score" }
  var config: JSONObject { [:] }
  init(script: Script) { self.script = script }
  init(config: JSONObject) throws(TrainerError) { throw TrainerError(.unknownClass, "scripted") }

  func update(_ state: inout [Double], outputs: FloatTensor, targets: FloatTensor) {
    state[0] += script.value(isTraining: false)
    state[1] += 1
  }
}
