public import Checkpoint

/// Makes one axis of all axes of a sample, in row-major order: (samples, height, width, channels) to
/// (samples, height · width · channels). After
/// https://keras.io/api/layers/reshaping_layers/flatten.
public struct Flatten: Layer {
  /// "Flatten"
  public static let className = "Flatten"

  /// The layer's name.
  public var name: String

  /// A flattening layer.
  public init(name: String = "") { self.name = name }

  /// The layer a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    let configuration = Configuration(config, of: Flatten.className)
    try configuration.requireChannelsLast()
    name = try configuration.string("name", or: "")
  }

  /// The configuration in Keras' form.
  public var config: JSONObject {
    ["name": .string(name), "trainable": true, "data_format": "channels_last"]
  }

  /// One axis with the product of all.
  ///
  /// - Throws: `.shapeMismatch` if the product is beyond any memory.
  public func outputShape(for inputShape: [Int]) throws(TrainerError) -> [Int] {
    [try addressable(inputShape, from: inputShape).reduce(1, *)]
  }

  /// The same numbers in another shape.
  public func forward(
    _ inputs: FloatTensor, variables: [FloatTensor], pass: inout ForwardPass
  ) -> FloatTensor {
    // For their shape; the elements are shared.
    if pass.isTraining { pass.saved.tensors = [inputs] }
    return inputs.reshaped(to: [inputs.rowCount, inputs.rowLength])
  }

  /// The same gradient in the shape of the inputs.
  public func backward(
    _ gradient: FloatTensor, variables: [FloatTensor], saved: ForwardPass.Saved,
    wantsInputGradient: Bool
  ) -> LayerGradients {
    LayerGradients(inputs: wantsInputGradient ? gradient.reshaped(to: saved.tensors[0].shape) : nil)
  }
}
