import CCheckpointShims

/// A layer of filters that slide over images: `activation(inputs ∗ kernel + bias)`.
///
/// Inputs (samples, height, width, channels), kernel (kernel height, kernel width, channels, filters),
/// bias (filters), outputs (samples, rows, columns, filters); rows and columns follow from `padding`.
/// After https://keras.io/api/layers/convolution_layers/convolution2d, with channels last and one
/// group.
public struct Conv2D: Layer {
  /// "Conv2D"
  public static let className = "Conv2D"

  /// The layer's name.
  public var name: String
  /// How many outputs there are at each position.
  public var filters: Int
  /// Rows and columns of the kernel.
  public var kernelSize: (Int, Int)
  /// Pixels from one position to the next, down and across.
  public var strides: (Int, Int)
  /// What is done at the edges.
  public var padding: Padding
  /// Pixels from one element of the kernel to the next, down and across; 1 for a kernel without gaps.
  public var dilationRate: (Int, Int)
  /// What is applied to the outputs.
  public var activation: Activation
  /// Whether there is a bias.
  public var usesBias: Bool
  /// How the kernel's first values are drawn.
  public var kernelInitializer: Initializer
  /// How the bias's first values are drawn.
  public var biasInitializer: Initializer

  /// A convolution.
  ///
  /// - Precondition: `filters` > 0, and sizes, strides and dilation from 1 to 2³¹ - 1.
  public init(
    _ filters: Int, kernelSize: (Int, Int), strides: (Int, Int) = (1, 1),
    padding: Padding = .valid, dilationRate: (Int, Int) = (1, 1),
    activation: Activation = .linear, usesBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String = ""
  ) {
    precondition(filters > 0, "a layer of \(filters) filters")
    for (height, width) in [kernelSize, strides, dilationRate] {
      precondition(
        (1...WindowAxis.limit).contains(height) && (1...WindowAxis.limit).contains(width),
        "a kernel size, stride or dilation of \(height) × \(width)")
    }
    self.filters = filters
    self.kernelSize = kernelSize
    self.strides = strides
    self.padding = padding
    self.dilationRate = dilationRate
    self.activation = activation
    self.usesBias = usesBias
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    self.name = name
  }

  private var window: SlidingWindow {
    SlidingWindow(size: kernelSize, strides: strides, dilation: dilationRate, padding: padding)
  }

  /// (rows, columns, filters).
  ///
  /// - Throws: `.shapeMismatch` unless the input is (height, width, channels) with room for the kernel.
  public func outputShape(for inputShape: [Int]) throws(TrainerError) -> [Int] {
    let placed = try window.placed(over: inputShape, in: self)
    return try addressable([placed.out_height, placed.out_width, filters], from: inputShape)
  }

  /// The kernel, and the bias if there is one.
  public func variables(for inputShape: [Int]) -> [VariableDefinition] {
    let kernel = VariableDefinition(
      name: "kernel", shape: [kernelSize.0, kernelSize.1, inputShape.last ?? 1, filters],
      initializer: kernelInitializer)
    let bias = VariableDefinition(name: "bias", shape: [filters], initializer: biasInitializer)
    return usesBias ? [kernel, bias] : [kernel]
  }

  /// The layer's activation.
  public var outputActivation: Activation { activation }

  /// Computes outputs.
  public func forward(
    _ inputs: FloatTensor, variables: [FloatTensor], pass: inout ForwardPass
  ) -> FloatTensor {
    let leavesOutActivation = pass.leavesOutActivation
    // While a part is in cache, unless the gradient needs what stands before the activation.
    let appliesByPart = !leavesOutActivation && !activation.needsInputs
    let (kernel, bias) = (variables[0], usesBias ? variables[1] : nil)
    var outputs = convolution(over: inputs).outputs(of: inputs, kernel: kernel) { part, count in
      bias?.elements.withUnsafeBufferPointer { bias in
        guard let bias = bias.baseAddress else { return }
        ckpt_rows_add(part, bias, count, filters)
      }
      if appliesByPart { activation.apply(to: part, rows: count, columns: filters) }
    }
    let isDone = leavesOutActivation || appliesByPart
    let kept = isDone ? outputs : activation.applyKeeping(&outputs)
    if pass.isTraining {
      pass.saved.leftOutActivation = leavesOutActivation
      pass.saved.tensors = [inputs, kept]
    }
    return outputs
  }

  /// Computes the gradients.
  public func backward(
    _ gradient: FloatTensor, variables: [FloatTensor], saved: ForwardPass.Saved,
    wantsInputGradient: Bool
  ) -> LayerGradients {
    let inputs = saved.tensors[0]
    let kept = saved.leftOutActivation || activation == .linear ? nil : saved.tensors[1]
    let gradients = convolution(over: inputs).gradients(
      images: inputs, kernel: variables[0], wantsImages: wantsInputGradient
    ) { positions, target in
      let (start, length) = (positions.lowerBound * filters, positions.count * filters)
      gradient.elements.withUnsafeBufferPointer { gradient in
        guard let gradient = gradient.baseAddress else { return }
        target.update(from: gradient + start, count: length)
      }
      kept?.elements.withUnsafeBufferPointer { kept in
        guard let kept = kept.baseAddress else { return }
        activation.applyGradient(
          kept: kept + start, to: target, rows: positions.count, columns: filters)
      }
    }
    return LayerGradients(
      inputs: gradients.images,
      variables: usesBias ? [gradients.kernel, gradients.bias] : [gradients.kernel])
  }

  private func convolution(over images: FloatTensor) -> Convolution {
    guard let placed = window.placed(over: Array(images.shape.dropFirst())) else {
      preconditionFailure("layer '\(name)' (Conv2D) was not built for inputs \(images.shape)")
    }
    return Convolution(window: placed, filters: filters, sampleCount: images.rowCount)
  }
}
