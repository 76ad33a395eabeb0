import Checkpoint
import CheckpointTrainer
import Synchronization

/// A training of a few milliseconds with everything in it that could spoil a resume: dropout,
/// shuffling, a short last batch, momentum, validation.
struct SmallTraining {
  var epochs = 3
  var batchSize = 4
  var optimizer: any Optimizer = RMSprop(learningRate: 0.01, momentum: 0.5, centered: true)
  let inputs: FloatTensor
  let targets: FloatTensor
  let validation: (FloatTensor, FloatTensor)

  init() throws {
    var generator = RandomGenerator(seed: 42)
    (inputs, targets) = try SmallTraining.samples(22, &generator)
    validation = try SmallTraining.samples(7, &generator)
  }

  private static func samples(
    _ count: Int, _ generator: inout RandomGenerator
  ) throws -> (FloatTensor, FloatTensor) {
    let inputs = (0..<count * 6).map { _ in generator.normal() }
    let labels = (0..<count).map { _ in generator.integer(below: 3) }
    return (FloatTensor(inputs, shape: [count, 6]), try toCategorical(labels, classCount: 3))
  }

  func model(seed: UInt64 = 9) throws -> Sequential {
    let model = try Sequential(
      [
        Dense(8, activation: .relu), Dropout(0.3), Dense(5, activation: .tanh), Dropout(0.2),
        Dense(3, activation: .softmax),
      ], inputShape: [6], seed: seed)
    model.compile(optimizer: optimizer, loss: CategoricalCrossentropy(), metrics: [Accuracy()])
    return model
  }

  @discardableResult
  func fit(
    _ model: Sequential, callbacks: [any Callback] = [], epochs: Int? = nil,
    resumeFrom store: CheckpointStore? = nil, lines: Lines = Lines(), verbose: Verbosity = 2
  ) throws -> History {
    try model.fit(
      inputs, targets, batchSize: batchSize, epochs: epochs ?? self.epochs, verbose: verbose,
      callbacks: callbacks, validationData: validation, resumeFrom: store, console: lines.console)
  }
}

/// What a training wrote, by a clock that stands still.
final class Lines: Sendable {
  private let storage = Mutex("")

  var text: String { storage.withLock { $0 } }

  /// The text without what is written on resuming only.
  var lines: [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .filter { !$0.hasPrefix("Resuming") }
  }

  var console: Console { console(isTerminal: false) }

  func console(isTerminal: Bool, seconds: @escaping @Sendable () -> Double = { 0 }) -> Console {
    Console(isTerminal: isTerminal, seconds: seconds) { text in self.storage.withLock { $0 += text }
    }
  }
}

/// Writes down everything it is told.
final class EventRecorder: Callback {
  private(set) var events: [String] = []

  func onEpochBegin(_ epoch: Int, _ training: TrainingSession) throws(TrainerError) {
    events.append("begin \(epoch)")
  }

  func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    events.append("batch \(batch) \(logs)")
  }

  func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    events.append("end \(epoch) \(logs)")
  }

  func onTrainEnd(logs: Logs, _ training: TrainingSession) throws(TrainerError) {
    events.append("over \(logs)")
  }
}
