public import Checkpoint
public import SystemPackage

/// The example in one call: digits, a multilayer perceptron, a store. Run again after whatever ended
/// it, it goes on exactly where the newest checkpoint stands.
///
/// ```swift
/// var training = DigitTraining(runDirectory: "run")
/// training.epochs = 20
/// let result = try training.run()
/// print(result.evaluation)
/// ```
public struct DigitTraining: Sendable {
  /// Where checkpoints go, and where a run is resumed from.
  public var runDirectory: FilePath
  /// Where the four MNIST files are. If they are not, digits are drawn and written there.
  public var dataDirectory: FilePath = "digits"
  /// What is drawn there.
  public var digits = DrawnDigits()
  /// Units of the hidden layers.
  public var hiddenUnits = [64, 64]
  /// The share of hidden units dropped in training; 0 for none.
  public var dropoutRate: Float = 0
  /// How the model learns.
  public var optimizer: any Optimizer = RMSprop()
  /// The name under which accuracy is logged: "accuracy" or "acc".
  public var metric = "accuracy"
  /// How many epochs there are in all.
  public var epochs = 10
  /// Samples per step.
  public var batchSize = 32
  /// Whether each epoch takes the samples in another order.
  public var shuffles = true
  /// What first weights, order and dropout follow from.
  public var seed: UInt64 = 2018
  /// Whether to go on from the run directory's newest sound checkpoint, if it has one.
  public var resumes = true
  /// How much is said.
  public var verbosity = Verbosity.automatic
  /// Where it is said.
  public var console = Console.standardOutput

  /// A training with everything else at its default.
  public init(runDirectory: FilePath) { self.runDirectory = runDirectory }

  /// What a training came to.
  public struct Result {
    /// The model, trained.
    public let model: Sequential
    /// What was reported for each epoch, those before a resume included.
    public let history: History
    /// Loss and metrics on the validation images at the end.
    public let evaluation: Logs
  }

  /// The model, compiled, with its first weights.
  ///
  /// - Parameter inputLength: pixels of an image.
  public func model(inputLength: Int) throws(TrainerError) -> Sequential {
    var layers: [any Layer] = []
    for units in hiddenUnits {
      layers.append(Dense(units, activation: .relu))
      if dropoutRate > 0 { layers.append(Dropout(dropoutRate)) }
    }
    layers.append(Dense(10, activation: .softmax))
    let model = try Sequential(layers, inputShape: [inputLength], seed: seed)
    model.compile(
      optimizer: optimizer, loss: CategoricalCrossentropy(), metrics: [Accuracy(name: metric)])
    return model
  }

  /// A checkpoint at the end of every epoch, named by epoch and validation accuracy.
  public var defaultCallback: ModelCheckpoint {
    ModelCheckpoint(
      runDirectory.appending("epoch-{epoch:03d}-{val_acc:.4f}.ckpt"), monitor: "val_" + metric,
      verbose: verbosity == .silent ? 0 : 1)
  }

  /// Trains to the end.
  ///
  /// - Parameter callbacks: those to be told; by default `defaultCallback`. To be resumable, one of
  ///   them must save into `runDirectory`.
  /// - Throws: `TrainerError`.
  public func run(callbacks: [any Callback]? = nil) throws(TrainerError) -> Result {
    let images = try digits.images(in: dataDirectory)
    let labels = try toCategorical(images.trainingLabels, classCount: 10)
    let validationLabels = try toCategorical(images.validationLabels, classCount: 10)
    let model = try model(inputLength: images.trainingImages.rowLength)
    let store: CheckpointStore?
    do {
      store = resumes ? try CheckpointStore(at: runDirectory) : nil
    } catch {
      throw TrainerError(.checkpoint, "\(error)", cause: error)
    }
    let history = try model.fit(
      images.trainingImages, labels, batchSize: batchSize, epochs: epochs, verbose: verbosity,
      callbacks: callbacks ?? [defaultCallback],
      validationData: (images.validationImages, validationLabels), shuffle: shuffles,
      resumeFrom: store, console: console)
    return Result(
      model: model, history: history,
      evaluation: try model.evaluate(images.validationImages, validationLabels))
  }
}
