import Checkpoint
import Testing

@testable import CheckpointTrainer

@Suite("EarlyStopping and ReduceLROnPlateau")
struct EarlyStoppingTests {
  @Test(
    "wait for the first finite value, where Keras would take NaN for the best ever after",
    arguments: [Double.nan, .infinity, -.infinity])
  func firstIsNone(first: Double) throws {
    let training = ScriptedTraining([first, 3, 2, 1, 2, 2])
    let callback = EarlyStopping(patience: 2, restoreBestWeights: true)
    let model = try training.model()
    try training.fit(model, [callback])
    #expect(callback.best == 1)
    #expect(callback.bestEpoch == 3)
    #expect(callback.stoppedEpoch == 5)
    #expect(model.weights.first?.value.elements == [3])
  }

  @Test("never take an infinite value for an improvement", arguments: [MetricMode.min, .max])
  func infinite(mode: MetricMode) throws {
    let infinite = mode == .min ? -Double.infinity : .infinity
    let training = ScriptedTraining([1, infinite, infinite, infinite])
    let stopping = EarlyStopping(monitor: "val_score", patience: 3, mode: mode)
    let reducing = ReduceLROnPlateau(
      monitor: "val_score", factor: 0.5, patience: 2, mode: mode)
    let model = try training.model()
    try training.fit(model, [reducing, stopping])
    #expect(stopping.best == 1)
    #expect(stopping.stoppedEpoch == 3)
    #expect(reducing.best == 1)
    #expect(model.learningRate == 0.25)
  }

  @Test("don't take a state with a loss that is none for the best, whatever the metric says")
  func lossIsNone() throws {
    let training = ScriptedTraining([1, 2, 3], trainingLosses: [0.5, .nan, 0.5])
    let callback = EarlyStopping(monitor: "val_score", patience: 9, mode: .max)
    try training.fit(try training.model(), [callback])
    #expect(callback.best == 3)
    let other = ScriptedTraining([1, 2], trainingLosses: [0.5, .nan])
    let stopped = EarlyStopping(monitor: "val_score", patience: 9, mode: .max)
    try other.fit(try other.model(), [stopped])
    #expect(stopped.best == 1)
  }

  @Test("warn once where the value isn't there, as Keras does, and do nothing")
  func missing() throws {
    let training = ScriptedTraining([1, 2, 3])
    let model = try training.model()
    try training.fit(
      model,
      [
        EarlyStopping(monitor: "val_mae", mode: .min),
        ReduceLROnPlateau(monitor: "val_mae", patience: 0, mode: .min),
      ])
    #expect(model.history.epochs.count == 3)
    let warnings = training.lines.lines.filter { $0.hasPrefix("warning:") }
    #expect(
      warnings == [
        "warning: Early stopping conditioned on metric `val_mae` which is not available. Available "
          + "metrics are: loss,score,val_loss,val_score,learning_rate",
        "warning: Learning rate reduction is conditioned on metric `val_mae` which is not available. "
          + "Available metrics are: loss,score,val_loss,val_score,learning_rate.",
      ])
  }

  @Test("let no training begin if it is unclear what is better, or the factor is none")
  func unclear() throws {
    for callback in [
      EarlyStopping(monitor: "val_score"), ReduceLROnPlateau(monitor: "val_score"),
      ReduceLROnPlateau(factor: 1), ReduceLROnPlateau(factor: .nan), EarlyStopping(minDelta: .nan),
    ] as [any Callback] {
      let training = ScriptedTraining([1])
      #expect {
        try training.fit(try training.model(), [callback])
      } throws: { ($0 as? TrainerError)?.code == .invalidArgument }
    }
  }

  @Test("find val_acc and val_accuracy under either name")
  func alias() throws {
    let training = try SmallTraining()
    let callback = EarlyStopping(monitor: "val_acc", patience: 9)
    let model = try training.model()
    try training.fit(model, callbacks: [callback])
    #expect(callback.best == model.history["val_accuracy"].max())
  }

  @Test("begin anew with another training of the same object")
  func again() throws {
    let callback = EarlyStopping(patience: 1, restoreBestWeights: true)
    for values in [[1.0, 2, 2], [5.0, 4, 4.5]] {
      let training = ScriptedTraining(values)
      try training.fit(try training.model(), [callback])
      #expect(callback.best == values.min())
    }
  }
}
