import CCheckpointShims

/// A function applied to a layer's output, element by element or row by row.
///
/// Names and definitions are those of https://keras.io/api/layers/activations.
public struct Activation: Sendable, Hashable {
  private enum Kind: String, CaseIterable {
    case linear, relu, sigmoid, softmax, tanh
  }

  private let kind: Kind

  /// x
  public static let linear = Activation(kind: .linear)
  /// max(x, 0)
  public static let relu = Activation(kind: .relu)
  /// 1 / (1 + exp(-x))
  public static let sigmoid = Activation(kind: .sigmoid)
  /// exp(x) / Σ exp(x) over the last axis
  public static let softmax = Activation(kind: .softmax)
  /// tanh(x)
  public static let tanh = Activation(kind: .tanh)

  private init(kind: Kind) { self.kind = kind }

  /// The activation of that name.
  ///
  /// - Throws: `.unknownClass`, naming those there are.
  public init(name: String) throws(TrainerError) {
    guard let kind = Kind(rawValue: name) else {
      throw TrainerError(
        .unknownClass,
        "no activation is called '\(name)', there are "
          + Kind.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self.kind = kind
  }

  /// The name in configurations.
  public var name: String { kind.rawValue }

  /// Applies the function in place.
  public func apply(to tensor: inout FloatTensor) {
    let (rows, columns) = tensor.lastAxisRows
    tensor.withUnsafeMutableElements { elements in
      guard let base = elements.baseAddress, !elements.isEmpty else { return }
      switch kind {
      case .linear: break
      case .relu: ckpt_relu(base, elements.count)
      case .sigmoid: ckpt_sigmoid(base, elements.count)
      case .softmax: ckpt_softmax(base, rows, columns)
      case .tanh: ckpt_tanh(base, elements.count)
      }
    }
  }

  /// Turns the gradient with respect to the function's outputs into the one with respect to its
  /// inputs. Outputs are enough for every function here: inputs needn't be kept.
  public func applyGradient(outputs: FloatTensor, to gradient: inout FloatTensor) {
    let (rows, columns) = outputs.lastAxisRows
    gradient.withUnsafeMutableElements { gradient in
      outputs.elements.withUnsafeBufferPointer { outputs in
        guard let gradient = gradient.baseAddress, let base = outputs.baseAddress,
          !outputs.isEmpty
        else { return }
        switch kind {
        case .linear: break
        case .relu: ckpt_relu_gradient(base, gradient, outputs.count)
        case .sigmoid: ckpt_sigmoid_gradient(base, gradient, outputs.count)
        case .softmax: ckpt_softmax_gradient(base, gradient, rows, columns)
        case .tanh: ckpt_tanh_gradient(base, gradient, outputs.count)
        }
      }
    }
  }
}

extension FloatTensor {
  /// The tensor as a matrix of rows as long as the last axis.
  var lastAxisRows: (rows: Int, columns: Int) {
    let columns = shape.last ?? 1
    return (columns == 0 ? 0 : elements.count / columns, columns)
  }
}
