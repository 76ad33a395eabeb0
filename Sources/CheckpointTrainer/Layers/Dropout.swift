public import Checkpoint

/// In training sets a random share of the inputs to 0 and scales the others up so that the expected
/// sum stays; elsewhere passes inputs through. After
/// https://keras.io/api/layers/regularization_layers/dropout.
///
/// Which inputs fall out follows from the layer's own generator, whose state a checkpoint holds.
public struct Dropout: Layer {
  /// "Dropout"
  public static let className = "Dropout"

  /// The layer's name.
  public var name: String
  /// The share of inputs to be dropped, from 0 up to but not including 1.
  public var rate: Float

  /// A dropout layer.
  ///
  /// - Precondition: `rate` is in 0..<1.
  public init(_ rate: Float, name: String = "") {
    precondition((0..<1).contains(rate), "a dropout rate of \(rate)")
    self.rate = rate
    self.name = name
  }

  /// The layer a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    let configuration = Configuration(config, of: Dropout.className)
    rate = try configuration.float("rate")
    guard (0..<1).contains(rate) else {
      throw TrainerError(.invalidConfiguration, "Dropout: 'rate' is \(rate), but must be in 0..<1")
    }
    try configuration.requireNone(of: "noise_shape")
    name = try configuration.string("name", or: "")
  }

  /// The configuration in Keras' form.
  public var config: JSONObject {
    ["name": .string(name), "trainable": true, "rate": .float(rate), "seed": nil]
  }

  /// As the input's.
  public func outputShape(for inputShape: [Int]) throws(TrainerError) -> [Int] { inputShape }

  /// Whether anything is ever dropped.
  public var drawsRandomNumbers: Bool { rate > 0 }

  /// Unless something is dropped.
  public func passesInputsOn(isTraining: Bool) -> Bool { !isTraining || rate == 0 }

  /// Drops, in training.
  public func forward(
    _ inputs: FloatTensor, variables: [FloatTensor], pass: inout ForwardPass
  ) -> FloatTensor {
    guard pass.isTraining, rate > 0 else { return inputs }
    let count = inputs.elements.count
    // `uniform() < rate`, in whole numbers; without a branch, which would be mispredicted all the time.
    let threshold = UInt32((rate * 0x1p24).rounded(.up))
    let scale = (1 / (1 - rate)).bitPattern
    var generator = pass.generator
    let factors = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count {
        let isKept: UInt32 = UInt32(generator.next() >> 40) >= threshold ? .max : 0
        buffer.initializeElement(at: index, to: Float(bitPattern: scale & isKept))
      }
      initialized = count
    }
    pass.generator = generator
    let mask = FloatTensor(factors, shape: inputs.shape)
    pass.saved.tensors = [mask]
    return inputs.multiplied(by: mask)
  }

  /// Passes on the gradient of what was not dropped.
  public func backward(
    _ gradient: FloatTensor, variables: [FloatTensor], saved: ForwardPass.Saved,
    wantsInputGradient: Bool
  ) -> LayerGradients {
    guard wantsInputGradient else { return LayerGradients(inputs: nil) }
    return LayerGradients(
      inputs: saved.tensors.first.map { gradient.multiplied(by: $0) } ?? gradient)
  }
}
