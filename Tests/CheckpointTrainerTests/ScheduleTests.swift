import Checkpoint
import CheckpointTrainer
import Testing

@Suite("Learning-rate schedules")
struct ScheduleTests {
  static let schedules: [any LearningRateSchedule] = [
    CosineDecay(
      initialLearningRate: 0.01, decaySteps: 30, alpha: 0.1, warmupTarget: 0.1, warmupSteps: 7),
    CosineDecay(initialLearningRate: 0.01, decaySteps: 30),
    ExponentialDecay(initialLearningRate: 0.1, decaySteps: 9, decayRate: 0.7, staircase: true),
    InverseTimeDecay(initialLearningRate: 0.1, decaySteps: 9, decayRate: 0.7),
    PiecewiseConstantDecay(boundaries: [3, 8], values: [0.1, 0.02, 0.003]),
    PolynomialDecay(initialLearningRate: 0.1, decaySteps: 9, power: 2, cycle: true),
  ]

  @Test("are rebuilt from their configurations", arguments: schedules)
  func configurations(schedule: any LearningRateSchedule) throws {
    let serialized = try JSONValue.parse(schedule.serialized.text())
    let rebuilt = try ClassRegistry.standard.schedule(serialized)
    #expect(rebuilt.serialized == schedule.serialized)
    for step in Int64(0)..<40 {
      #expect(rebuilt.learningRate(at: step) == schedule.learningRate(at: step))
    }
  }

  @Test("set the rate of each step, which the model tells", arguments: schedules)
  func everyStep(schedule: any LearningRateSchedule) throws {
    var training = try SmallTraining()
    training.optimizer = SGD(learningRate: schedule)
    let model = try training.model()
    #expect(model.learningRate == schedule.learningRate(at: 0))
    let rates = RateRecorder()
    try training.fit(model, callbacks: [rates], verbose: 0)
    #expect(rates.rates == (1...18).map { schedule.learningRate(at: $0) })
    #expect(try model.checkpoint().tensors["optimizer/learning_rate"] == nil)
    #expect(!model.optimizerVariableNames.contains("learning_rate"))
  }

  @Test("refuse a callback that sets the rate, in words", arguments: [0, 5, 17])
  func setter(batch: Int) throws {
    var training = try SmallTraining()
    training.optimizer = Adam(learningRate: ScheduleTests.schedules[0])
    let model = try training.model()
    #expect {
      try training.fit(model, callbacks: [RateSetter(atStep: batch + 1)], verbose: 0)
    } throws: { error in
      (error as? TrainerError)?.code == .invalidArgument
        && "\(error)".contains("can't be set to 0.5, because it follows a schedule (CosineDecay)")
    }
    // No step was made with another rate, and the error is told once.
    #expect(model.stepCount == batch + 1)
    try training.fit(model, verbose: 0)
    #expect(throws: TrainerError.self) { try model.setLearningRate(0.1) }
  }

  @Test("aside, a callback can set the rate, and the checkpoint holds it")
  func plainRate() throws {
    var training = try SmallTraining()
    training.optimizer = Adam()
    let model = try training.model()
    try training.fit(model, callbacks: [RateSetter(atStep: 3)], verbose: 0)
    #expect(model.learningRate == 0.5)
    #expect(try Sequential(from: model.checkpoint()).learningRate == 0.5)
    try model.setLearningRate(0.25)
    #expect(model.learningRate == 0.25)
    var checkpoint = try model.checkpoint()
    checkpoint.tensors["optimizer/learning_rate"] = nil
    #expect {
      try Sequential(from: checkpoint)
    } throws: { ($0 as? TrainerError)?.code == .invalidState }
  }

  @Test("of the user's are rebuilt with a registry that has them")
  func custom() throws {
    var training = try SmallTraining()
    training.optimizer = RMSprop(learningRate: Sawtooth())
    let model = try training.model()
    try training.fit(model, verbose: 0)
    let checkpoint = try model.checkpoint()
    #expect {
      try Sequential(from: checkpoint)
    } throws: { "\($0)".contains("no learning-rate schedule is called 'Sawtooth'") }
    var classes = ClassRegistry.standard
    classes.schedules.append(Sawtooth.self)
    #expect(try Sequential(from: checkpoint, classes: classes).checkpoint() == checkpoint)
  }

  @Test(
    "with impossible configurations are refused, naming class and key",
    arguments: [
      ("CosineDecay", "{}", "CosineDecay: 'initial_learning_rate' is missing"),
      (
        "CosineDecay", "{\"initial_learning_rate\":1,\"decay_steps\":0}",
        "CosineDecay: 'decay_steps' is 0, but must be positive"
      ),
      (
        "ExponentialDecay", "{\"initial_learning_rate\":1,\"decay_steps\":1.5}",
        "ExponentialDecay: 'decay_steps' is 1.5, not a whole number"
      ),
      (
        "PiecewiseConstantDecay", "{\"boundaries\":[1,2],\"values\":[1,2]}",
        "PiecewiseConstantDecay: 'boundaries' must be"
      ),
      (
        "PiecewiseConstantDecay", "{\"boundaries\":[2,1],\"values\":[1,2,3]}",
        "PiecewiseConstantDecay: 'boundaries' must be"
      ),
    ])
  func impossible(className: String, config: String, message: String) throws {
    let serialized: JSONValue = [
      "class_name": .string(className), "config": try JSONValue.parse(config),
    ]
    #expect {
      try ClassRegistry.standard.schedule(serialized)
    } throws: { "\($0)".hasPrefix(message) }
  }

  @Test("stay numbers whatever the step", arguments: schedules)
  func farAway(schedule: any LearningRateSchedule) {
    for step in [0, 1, 1 << 31, 1 << 53, Int64.max] {
      #expect(schedule.learningRate(at: step).isFinite)
    }
  }
}

/// Writes down the rate after each batch.
private final class RateRecorder: Callback {
  var rates: [Float] = []

  func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    rates.append(training.model.learningRate ?? .nan)
  }
}

/// Sets the rate once.
private final class RateSetter: Callback {
  let step: Int
  init(atStep step: Int) { self.step = step }

  func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    if training.model.stepCount == step { training.model.learningRate = 0.5 }
  }
}

private struct Sawtooth: LearningRateSchedule {
  static let className = "Sawtooth"
  var config: JSONObject { [:] }
  init() {}
  init(config: JSONObject) throws(TrainerError) {}
  func learningRate(at step: Int64) -> Float { Float(step % 3) / 100 }
}
