import CCheckpointShims

extension Activation {
  /// The constants of selu.
  private static let (seluScale, seluAlpha): (Float, Float) = (1.050_701, 1.673_263_2)

  /// Whether the gradient needs the function's inputs; for all others its outputs are enough.
  public var needsInputs: Bool {
    switch kind {
    case .gelu, .silu, .softsign: true
    default: false
    }
  }

  /// Applies the function in place. NaN stays NaN.
  public func apply(to tensor: inout FloatTensor) {
    let (rows, columns) = tensor.lastAxisRows
    tensor.withUnsafeMutableElements { elements in
      guard let base = elements.baseAddress else { return }
      apply(to: base, rows: rows, columns: columns)
    }
  }

  /// Applies the function in place to a matrix.
  func apply(to base: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    let count = rows * columns
    guard count > 0 else { return }
    switch kind {
    case .elu: ckpt_elu(base, count, 1, 1)
    case .exponential: ckpt_exponential(base, count)
    case .gelu: ckpt_gelu(base, count)
    case .hardSigmoid: ckpt_hard_sigmoid(base, count)
    case .leakyReLU: ckpt_leaky_relu(base, count, negativeSlope)
    case .linear: break
    case .relu: ckpt_relu(base, count)
    case .relu6: ckpt_relu6(base, count)
    case .selu: ckpt_elu(base, count, Activation.seluScale, Activation.seluAlpha)
    case .sigmoid: ckpt_sigmoid(base, count)
    case .silu: ckpt_silu(base, count)
    case .softmax: ckpt_softmax(base, rows, columns)
    case .softplus: ckpt_softplus(base, count)
    case .softsign: ckpt_softsign(base, count)
    case .tanh: ckpt_tanh(base, count)
    }
  }

  /// Applies the function in place and returns what `applyGradient(kept:to:)` needs: the inputs or
  /// the outputs.
  public func applyKeeping(_ tensor: inout FloatTensor) -> FloatTensor {
    guard needsInputs else {
      apply(to: &tensor)
      return tensor
    }
    let inputs = tensor
    apply(to: &tensor)
    return inputs
  }

  /// Turns the gradient with respect to the function's outputs into the one with respect to its
  /// inputs.
  ///
  /// - Parameter kept: the function's inputs if `needsInputs`, else its outputs; of the gradient's
  ///   shape.
  public func applyGradient(kept: FloatTensor, to gradient: inout FloatTensor) {
    precondition(
      kept.elements.count == gradient.elements.count,
      "shapes \(kept.shape) and \(gradient.shape) differ")
    let (rows, columns) = kept.lastAxisRows
    gradient.withUnsafeMutableElements { gradient in
      kept.elements.withUnsafeBufferPointer { kept in
        guard let gradient = gradient.baseAddress, let kept = kept.baseAddress else { return }
        applyGradient(kept: kept, to: gradient, rows: rows, columns: columns)
      }
    }
  }

  /// The same for a matrix.
  func applyGradient(
    kept base: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>, rows: Int,
    columns: Int
  ) {
    let count = rows * columns
    guard count > 0 else { return }
    switch kind {
    case .elu: ckpt_elu_gradient(base, gradient, count, 1, 1)
    case .exponential: ckpt_multiply(base, gradient, gradient, count)
    case .gelu: ckpt_gelu_gradient(base, gradient, count)
    case .hardSigmoid: ckpt_hard_sigmoid_gradient(base, gradient, count)
    case .leakyReLU: ckpt_leaky_relu_gradient(base, gradient, count, negativeSlope)
    case .linear: break
    case .relu: ckpt_relu_gradient(base, gradient, count)
    case .relu6: ckpt_relu6_gradient(base, gradient, count)
    case .selu:
      ckpt_elu_gradient(base, gradient, count, Activation.seluScale, Activation.seluAlpha)
    case .sigmoid: ckpt_sigmoid_gradient(base, gradient, count)
    case .silu: ckpt_silu_gradient(base, gradient, count)
    case .softmax: ckpt_softmax_gradient(base, gradient, rows, columns)
    case .softplus: ckpt_softplus_gradient(base, gradient, count)
    case .softsign: ckpt_softsign_gradient(base, gradient, count)
    case .tanh: ckpt_tanh_gradient(base, gradient, count)
    }
  }

  /// The same from outputs.
  ///
  /// - Precondition: not `needsInputs`.
  public func applyGradient(outputs: FloatTensor, to gradient: inout FloatTensor) {
    precondition(!needsInputs, "the gradient of \(name) needs the function's inputs")
    applyGradient(kept: outputs, to: &gradient)
  }
}

extension FloatTensor {
  /// The tensor as a matrix of rows as long as the last axis.
  var lastAxisRows: (rows: Int, columns: Int) {
    let columns = shape.last ?? 1
    return (columns == 0 ? 0 : elements.count / columns, columns)
  }
}
