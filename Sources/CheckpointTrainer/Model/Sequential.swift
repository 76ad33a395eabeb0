import Checkpoint

/// A model that is a chain of layers, with the Keras names for what one does with it. After
/// https://keras.io/api/models.
///
/// ```swift
/// let model = try Sequential(
///   [Dense(64, activation: .relu), Dense(64, activation: .relu), Dense(10, activation: .softmax)],
///   inputShape: [784])
/// try model.compile(
///   optimizer: "rmsprop", loss: "categorical_crossentropy", metrics: ["accuracy"])
/// try model.fit(
///   images, labels, epochs: 10, validationData: (testImages, testLabels),
///   callbacks: [ModelCheckpoint("run/best.ckpt", monitor: "val_acc", saveBestOnly: true)])
/// ```
///
/// Not for use by several tasks at the same time; the checkpoints it makes are.
public final class Sequential {
  /// The model's name.
  public let name: String

  /// What all random numbers of the model follow from.
  public let seed: UInt64

  /// What `fit` reported for each epoch, of the last run or of the one the model was restored from.
  public internal(set) var history = History()

  /// The layers, named; before the model is built.
  let unbuiltLayers: [any Layer]

  /// Nil until the shape of the inputs is known.
  var network: Network?

  /// Nil until `compile`.
  var objective: Objective?

  /// Why a learning rate that was set could not be; the next step throws it.
  var learningRateRefusal: TrainerError?

  /// Draws the order of the samples in each epoch.
  var shuffleGenerator: RandomGenerator

  /// The training going on.
  weak var session: TrainingSession?

  /// Where the last training ended, or where the one the model was restored from stood.
  var position: Position?

  /// Whether `fit` is to go on from `position`: after the model was restored.
  var goesOn = false

  /// The run that checkpoints belong to: another one with each `fit` that goes on from nothing.
  var runID = UniqueID.none

  /// The settings of the last `fit`, for the record.
  var fitConfig: JSONObject = [:]

  /// A model of layers.
  ///
  /// - Parameters:
  ///   - inputShape: the shape of one sample; if it is left out, the first data tell.
  ///   - seed: what the first weights, dropout and shuffling follow from; by default another one
  ///     every time.
  /// - Throws: `.invalidArgument` for two layers of one name, `.shapeMismatch` for layers that don't
  ///   fit each other.
  public init(
    _ layers: [any Layer], inputShape: [Int]? = nil, name: String = "sequential",
    seed: UInt64? = nil
  ) throws(TrainerError) {
    self.name = name
    self.seed = seed ?? UInt64.random(in: .min ... .max)
    unbuiltLayers = try Sequential.named(layers)
    shuffleGenerator = RandomGenerator(seed: self.seed, name: "random/shuffle")
    if let inputShape { try build(inputShape: inputShape) }
  }

  /// The layers, in order.
  public var layers: [any Layer] { unbuiltLayers }

  /// The shape of one sample; nil until the model is built.
  public var inputShape: [Int]? { network?.inputShape }

  /// Makes the variables for samples of a shape. Does nothing if they are made for this shape.
  ///
  /// - Throws: `.shapeMismatch` if layers don't fit, or the model is built for another shape.
  public func build(inputShape: [Int]) throws(TrainerError) {
    if let network {
      guard network.inputShape == inputShape else {
        throw TrainerError(
          .shapeMismatch,
          "the model takes samples of the shape \(network.inputShape), not \(inputShape)")
      }
      return
    }
    guard inputShape.allSatisfy({ $0 > 0 }) else {
      throw TrainerError(.shapeMismatch, "samples of the shape \(inputShape)")
    }
    network = try Network(layers: unbuiltLayers, inputShape: inputShape, seed: seed)
    resetOptimizerState()
  }

  /// Gives the optimizer a fresh state, once model and optimizer are there.
  func resetOptimizerState() {
    guard let network, let optimizer = objective?.optimizer else { return }
    objective?.state = OptimizerState(of: optimizer, variables: network.definitions)
  }

  /// The layers with names: those that have none get one after their class, numbered as in Keras.
  private static func named(_ layers: [any Layer]) throws(TrainerError) -> [any Layer] {
    var counts: [String: Int] = [:]
    var names = Set(layers.map(\.name).filter { !$0.isEmpty })
    guard names.count == layers.filter({ !$0.name.isEmpty }).count else {
      throw TrainerError(.invalidArgument, "two layers have the same name")
    }
    if let name = names.first(where: { $0.contains("/") }) {
      throw TrainerError(.invalidArgument, "the layer name '\(name)' has a '/'")
    }
    return layers.map { layer in
      var layer = layer
      let stem = snakeCase(type(of: layer).className)
      while layer.name.isEmpty {
        let count = counts[stem, default: 0]
        counts[stem] = count + 1
        let name = count == 0 ? stem : "\(stem)_\(count)"
        if names.insert(name).inserted { layer.name = name }
      }
      return layer
    }
  }
}

/// "Dense" → "dense", "MaxPooling2D" → "max_pooling2d", as Keras names layers.
private func snakeCase(_ name: String) -> String {
  var result = ""
  var previous: Character?
  for character in name {
    if character.isUppercase, let previous, previous.isLowercase { result += "_" }
    result += character.lowercased()
    previous = character
  }
  return result
}
