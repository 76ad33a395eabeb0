public import Checkpoint

/// An activation as a layer of its own. After
/// https://keras.io/api/layers/core_layers/activation; there it is called `Activation`, which here is
/// the function.
public struct ActivationLayer: Layer {
  /// "Activation"
  public static let className = "Activation"

  /// The layer's name.
  public var name: String
  /// What is applied to the inputs.
  public var activation: Activation

  /// A layer that applies `activation`.
  public init(_ activation: Activation, name: String = "") {
    self.activation = activation
    self.name = name
  }

  /// The layer a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    let configuration = Configuration(config, of: ActivationLayer.className)
    guard let function = configuration["activation"] else {
      throw TrainerError(.invalidConfiguration, "Activation: 'activation' is missing")
    }
    activation = try Activation(config: function)
    name = try configuration.string("name", or: "")
  }

  /// The configuration in Keras' form.
  public var config: JSONObject {
    ["name": .string(name), "trainable": true, "activation": activation.serialized]
  }

  /// As the input's.
  public func outputShape(for inputShape: [Int]) throws(TrainerError) -> [Int] { inputShape }

  /// The layer's activation, which a loss may take over.
  public var outputActivation: Activation { activation }

  /// If the activation is linear.
  public func passesInputsOn(isTraining: Bool) -> Bool { activation == .linear }

  /// Applies the activation.
  public func forward(
    _ inputs: FloatTensor, variables: [FloatTensor], pass: inout ForwardPass
  ) -> FloatTensor {
    var outputs = inputs
    let kept = pass.leavesOutActivation ? outputs : activation.applyKeeping(&outputs)
    if pass.isTraining {
      pass.saved.leftOutActivation = pass.leavesOutActivation
      pass.saved.tensors = [kept]
    }
    return outputs
  }

  /// Computes the gradient.
  public func backward(
    _ gradient: FloatTensor, variables: [FloatTensor], saved: ForwardPass.Saved,
    wantsInputGradient: Bool
  ) -> LayerGradients {
    guard wantsInputGradient else { return LayerGradients(inputs: nil) }
    var inner = gradient
    if !saved.leftOutActivation {
      activation.applyGradient(kept: saved.tensors[0], to: &inner)
    }
    return LayerGradients(inputs: inner)
  }
}
