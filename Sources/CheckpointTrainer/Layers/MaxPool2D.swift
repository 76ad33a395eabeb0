import CCheckpointShims
public import Checkpoint

/// The largest number under a window that slides over images, for each channel.
///
/// Inputs (samples, height, width, channels), outputs (samples, rows, columns, channels). With padding
/// `same` nothing outside of the image is ever the largest. The gradient goes to the first of several
/// that are equal, by rows; a NaN is larger than all numbers, so that it is not hidden. After
/// https://keras.io/api/layers/pooling_layers/max_pooling2d, with channels last.
public struct MaxPool2D: Layer {
  /// "MaxPooling2D", by which Keras calls it in configurations.
  public static let className = "MaxPooling2D"

  /// The layer's name.
  public var name: String
  /// Rows and columns of the window.
  public var poolSize: (Int, Int)
  /// Pixels from one position to the next, down and across.
  public var strides: (Int, Int)
  /// What is done at the edges.
  public var padding: Padding

  /// A pooling layer.
  ///
  /// - Parameter strides: as the window is large, if left out: windows lie side by side.
  /// - Precondition: sizes and strides are from 1 to 2³¹ - 1.
  public init(
    poolSize: (Int, Int) = (2, 2), strides: (Int, Int)? = nil, padding: Padding = .valid,
    name: String = ""
  ) {
    for (height, width) in [poolSize, strides ?? poolSize] {
      precondition(
        (1...WindowAxis.limit).contains(height) && (1...WindowAxis.limit).contains(width),
        "a pool size or stride of \(height) × \(width)")
    }
    self.poolSize = poolSize
    self.strides = strides ?? poolSize
    self.padding = padding
    self.name = name
  }

  /// The layer a configuration describes.
  ///
  /// - Throws: `.invalidConfiguration`, also for channels first.
  public init(config: JSONObject) throws(TrainerError) {
    let configuration = Configuration(config, of: MaxPool2D.className)
    poolSize = try configuration.pair("pool_size", or: (2, 2))
    strides = try configuration.pair("strides", or: poolSize)
    padding = try configuration.padding()
    try configuration.requireChannelsLast()
    name = try configuration.string("name", or: "")
  }

  /// The configuration in Keras' form.
  public var config: JSONObject {
    [
      "name": .string(name), "trainable": true, "pool_size": .pair(poolSize),
      "padding": .string(padding.rawValue), "strides": .pair(strides),
      "data_format": "channels_last",
    ]
  }

  private var window: SlidingWindow {
    SlidingWindow(size: poolSize, strides: strides, padding: padding)
  }

  /// (rows, columns, channels).
  ///
  /// - Throws: `.shapeMismatch` unless the input is (height, width, channels) with room for the window.
  public func outputShape(for inputShape: [Int]) throws(TrainerError) -> [Int] {
    let placed = try window.placed(over: inputShape, in: self)
    return try addressable(
      [placed.out_height, placed.out_width, placed.channels], from: inputShape)
  }

  /// Takes the largest.
  public func forward(
    _ inputs: FloatTensor, variables: [FloatTensor], pass: inout ForwardPass
  ) -> FloatTensor {
    if pass.isTraining { pass.saved.tensors = [inputs] }
    return pooling(over: inputs).outputs(of: inputs)
  }

  /// Gives the gradient to the largest.
  public func backward(
    _ gradient: FloatTensor, variables: [FloatTensor], saved: ForwardPass.Saved,
    wantsInputGradient: Bool
  ) -> LayerGradients {
    guard wantsInputGradient else { return LayerGradients(inputs: nil) }
    let inputs = saved.tensors[0]
    return LayerGradients(inputs: pooling(over: inputs).gradient(images: inputs, outputs: gradient))
  }

  private func pooling(over images: FloatTensor) -> MaximumPooling {
    guard let placed = window.placed(over: Array(images.shape.dropFirst())) else {
      preconditionFailure("layer '\(name)' (MaxPooling2D) was not built for inputs \(images.shape)")
    }
    return MaximumPooling(window: placed, sampleCount: images.rowCount)
  }
}
