import Checkpoint
import CheckpointTrainer
import SystemPackage
import Testing

@Suite("Exact resume")
struct ExactResumeTests {
  static let optimizers: [any Optimizer] = [
    RMSprop(learningRate: 0.01, momentum: 0.5, centered: true),
    SGD(learningRate: 0.05, momentum: 0.9, nesterov: true), SGD(), Adam(learningRate: 0.01),
    Adam(
      learningRate: CosineDecay(
        initialLearningRate: 0, decaySteps: 12, warmupTarget: 0.05, warmupSteps: 4), amsgrad: true),
    RMSprop(
      learningRate: ExponentialDecay(
        initialLearningRate: 0.02, decaySteps: 5, decayRate: 0.5, staircase: true)),
  ]

  @Test(
    "after any batch and any epoch ends in the same bits as no interruption", arguments: optimizers)
  func everyMoment(optimizer: any Optimizer) throws {
    var training = try SmallTraining()
    training.optimizer = optimizer
    let whole = Run()
    let model = try training.model()
    try training.fit(model, callbacks: whole.callbacks, lines: whole.lines)
    let final = try model.checkpoint()
    // 6 batches and an end in each of 3 epochs.
    #expect(whole.capture.moments.count == 21)

    for moment in whole.capture.moments {
      let resumed = Run()
      let rebuilt = try Sequential(from: moment.checkpoint)
      let history = try training.fit(rebuilt, callbacks: resumed.callbacks, lines: resumed.lines)
      // Weights, optimizer, generators, history, position: all of it.
      #expect(try rebuilt.checkpoint() == final, "\(moment.name)")
      #expect(history == model.history, "\(moment.name)")
      // Callbacks before and after the one that captured: each event once.
      #expect(
        whole.before.events.prefix(moment.eventsBefore) + resumed.before.events
          == whole.before.events[...], "\(moment.name)")
      #expect(
        whole.after.events.prefix(moment.eventsAfter) + resumed.after.events
          == whole.after.events[...], "\(moment.name)")
      expectSuffix(resumed.lines.lines, of: whole.lines.lines, moment.name)
    }
  }

  @Test("of a convolutional network with dropout, after any batch, ends in the same bits")
  func convolution() throws {
    let training = try SmallImageTraining()
    let whole = Run()
    let model = try training.model()
    try training.fit(model, callbacks: whole.callbacks, lines: whole.lines)
    let final = try model.checkpoint()
    // 17 samples: 5 batches and an end in each of 3 epochs.
    #expect(whole.capture.moments.count == 18)
    for moment in whole.capture.moments {
      let resumed = Run()
      let rebuilt = try Sequential(from: moment.checkpoint)
      try training.fit(rebuilt, callbacks: resumed.callbacks, lines: resumed.lines)
      #expect(try rebuilt.checkpoint() == final, "\(moment.name)")
      expectSuffix(resumed.lines.lines, of: whole.lines.lines, moment.name)
    }
  }

  @Test("of a convolutional network through files, stopped in the middle of an epoch")
  func convolutionThroughStore() throws {
    let training = try SmallImageTraining()
    let model = try training.model()
    try training.fit(model)
    let final = try model.checkpoint()
    for stop in [2, 8, 14] {
      let directory = try TemporaryDirectory()
      #expect(throws: TrainerError.self) {
        try training.fit(
          try training.model(), callbacks: [everyBatch(in: directory), PowerCut(after: stop)])
      }
      let second = try training.model(seed: 1234)
      try training.fit(
        second, callbacks: [everyBatch(in: directory)],
        resumeFrom: try CheckpointStore(at: directory.path))
      let resumed = try second.checkpoint()
      #expect(resumed.tensors == final.tensors, "stopped after \(stop)")
      #expect(resumed.blobs == final.blobs, "stopped after \(stop)")
      #expect(resumed.documents["history"] == final.documents["history"])
    }
  }

  /// What is written after a resume is what would have been written, but for the header of the epoch
  /// that is entered, and the line of an epoch whose end was written already.
  private func expectSuffix(_ lines: [Substring], of whole: [Substring], _ moment: String) {
    let tail = Array(whole.suffix(lines.count))
    #expect(lines == tail, "\(moment)")
  }

  @Test(
    "through files: newest checkpoint, same bits, same best",
    arguments: [
      RMSprop(learningRate: 0.01, momentum: 0.5, centered: true),
      Adam(
        learningRate: PolynomialDecay(initialLearningRate: 0.05, decaySteps: 7, cycle: true),
        amsgrad: true),
    ] as [any Optimizer])
  func throughStore(optimizer: any Optimizer) throws {
    var training = try SmallTraining()
    training.optimizer = optimizer
    let undisturbed = try TemporaryDirectory()
    let model = try training.model()
    try training.fit(model, callbacks: [best(in: undisturbed)])
    let final = try model.checkpoint()

    for stop in [1, 5, 6, 7, 13, 17] {
      let directory = try TemporaryDirectory()
      let first = try training.model()
      #expect(throws: TrainerError.self) {
        try training.fit(
          first, callbacks: [everyBatch(in: directory), best(in: directory), PowerCut(after: stop)])
      }
      // Another process: other objects, other first weights, the same program.
      let second = try training.model(seed: 1234)
      let store = try CheckpointStore(at: directory.path)
      try training.fit(
        second, callbacks: [everyBatch(in: directory), best(in: directory)], resumeFrom: store)
      let resumed = try second.checkpoint()
      #expect(resumed.tensors == final.tensors, "stopped after \(stop)")
      #expect(resumed.blobs == final.blobs)
      #expect(resumed.documents["history"] == final.documents["history"])
      let bestNames = { (store: CheckpointStore) in
        try store.list().map(\.fileName).filter { $0.hasPrefix("best") }.sorted()
      }
      #expect(try bestNames(store) == bestNames(CheckpointStore(at: undisturbed.path)))
    }
  }

  private func everyBatch(in directory: TemporaryDirectory) -> ModelCheckpoint {
    ModelCheckpoint(directory.path.appending("last.ckpt"), saveFrequency: .batches(1))
  }

  private func best(in directory: TemporaryDirectory) -> ModelCheckpoint {
    ModelCheckpoint(
      directory.path.appending("best-{epoch:02d}-{val_loss:.6f}.ckpt"), saveBestOnly: true)
  }

  @Test("begins anew where the store is empty")
  func emptyStore() throws {
    let training = try SmallTraining()
    let directory = try TemporaryDirectory()
    let lines = Lines()
    try training.fit(
      try training.model(), resumeFrom: CheckpointStore(at: directory.path), lines: lines)
    #expect(lines.text.hasPrefix("Epoch 1/3\n"))
  }

  @Test("of a finished run trains no further, unless there are more epochs")
  func finished() throws {
    let training = try SmallTraining()
    let model = try training.model()
    try training.fit(model)
    let rebuilt = try Sequential(from: model.checkpoint())
    let history = try training.fit(rebuilt)
    #expect(history.epochs == [0, 1, 2])
    #expect(rebuilt.stepCount == 18)
    let longer = try Sequential(from: model.checkpoint())
    #expect(try training.fit(longer, epochs: 5).epochs == [0, 1, 2, 3, 4])
  }

  @Test("in the middle of an epoch refuses another batch size or other samples")
  func mismatch() throws {
    var training = try SmallTraining()
    let capture = Capture(EventRecorder(), EventRecorder())
    try training.fit(try training.model(), callbacks: [capture])
    training.batchSize = 5
    let middle = try Sequential(from: capture.moments[2].checkpoint)
    #expect {
      try training.fit(middle)
    } throws: { error in
      (error as? TrainerError)?.code == .resumeMismatch
        && "\(error)".contains("a batch size of 5, not 4")
    }
    // At the end of an epoch nothing depends on it.
    try training.fit(try Sequential(from: capture.moments[6].checkpoint))
  }

  @Test("refuses a store of another model, or of another optimizer")
  func otherModel() throws {
    let training = try SmallTraining()
    let directory = try TemporaryDirectory()
    let store = try CheckpointStore(at: directory.path)
    try training.fit(
      try training.model(), callbacks: [ModelCheckpoint(directory.path.appending("a.ckpt"))])
    let other = try Sequential([Dense(3, activation: .softmax)], inputShape: [6])
    try other.compile(optimizer: "sgd", loss: "categorical_crossentropy")
    #expect {
      try training.fit(other, resumeFrom: store)
    } throws: { "\($0)".contains("other layers") }
    var otherRate = training
    otherRate.optimizer = SGD()
    #expect {
      try training.fit(try otherRate.model(), resumeFrom: store)
    } throws: { "\($0)".contains("the checkpoint's optimizer is") }
  }

  @Test("passes over checkpoints of weights only, and damaged ones, which it names")
  func unusable() throws {
    let training = try SmallTraining()
    let directory = try TemporaryDirectory()
    let model = try training.model()
    let store = try CheckpointStore(at: directory.path)
    try training.fit(model, epochs: 1)
    try store.save(try model.checkpoint(), as: "full.ckpt")
    try store.save(try model.checkpoint(), as: "damaged.ckpt")
    try store.save(try model.checkpoint(weightsOnly: true), as: "weights.ckpt")
    try damage(directory.path.appending("damaged.ckpt"))
    let lines = Lines()
    try training.fit(
      try training.model(), resumeFrom: CheckpointStore(at: directory.path), lines: lines)
    #expect(lines.text.contains("damaged.ckpt"))
    #expect(lines.text.contains("Resuming from \(directory.path)/full.ckpt: 1 of 3 epochs done"))
  }

  @Test("prints no epoch's values too few if the end came between the save and the line")
  func lineAfterSave() throws {
    let training = try SmallTraining()
    let directory = try TemporaryDirectory()
    let whole = Lines()
    try training.fit(try training.model(), lines: whole)
    let store = try CheckpointStore(at: directory.path)
    let lines = Lines()
    #expect(throws: TrainerError.self) {
      try training.fit(
        try training.model(),
        callbacks: [
          ModelCheckpoint(directory.path.appending("{epoch}.ckpt")), EndOfProcess(epoch: 1),
        ],
        resumeFrom: store, lines: lines)
    }
    try training.fit(try training.model(), resumeFrom: store, lines: lines)
    let values = values(whole)
    #expect(values.count == 3)
    for values in values {
      #expect(lines.text.contains(values), "\(lines.text)")
    }
  }

  /// What is printed of each epoch, without the time it took.
  private func values(_ lines: Lines) -> [Substring] {
    lines.text.split(separator: "\n").compactMap { line in
      line.firstRange(of: "/step - ").map { line[$0.upperBound...] }
    }
  }

  /// Ends the process, as far as a test can, when an epoch has been saved.
  private final class EndOfProcess: Callback {
    let epoch: Int

    init(epoch: Int) { self.epoch = epoch }

    func onEpochEnd(
      _ epoch: Int, logs: Logs, _ training: TrainingSession
    ) throws(TrainerError) {
      if epoch == self.epoch { throw TrainerError(.invalidState, "the process is over") }
    }
  }
}
