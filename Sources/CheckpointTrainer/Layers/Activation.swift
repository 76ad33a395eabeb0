public import Checkpoint

/// A function applied to a layer's output, element by element or row by row.
///
/// Names and definitions are those of https://keras.io/api/layers/activations. A layer applies it
/// with `apply(to:)`, keeps what `needsInputs` says, and turns gradients with
/// `applyGradient(kept:to:)`; `serialized` and `init(config:)` are for its configuration.
public struct Activation: Sendable, Hashable {
  enum Kind: String, CaseIterable {
    case elu, exponential, gelu
    case hardSigmoid = "hard_sigmoid"
    case leakyReLU = "leaky_relu"
    case linear, relu, relu6, selu, sigmoid, silu, softmax, softplus, softsign, tanh
  }

  let kind: Kind
  /// Of `leakyReLU`, below 0.
  let negativeSlope: Float

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
  /// x, or 0.2 x below 0
  public static let leakyReLU = Activation(kind: .leakyReLU)
  /// x / 2 · (1 + erf(x / √2)), the exact form
  public static let gelu = Activation(kind: .gelu)
  /// min(max(x + 3, 0), 6) / 6
  public static let hardSigmoid = Activation(kind: .hardSigmoid)
  /// x, or exp(x) - 1 below 0
  public static let elu = Activation(kind: .elu)
  /// 1.0507 x, or 1.7581 (exp(x) - 1) below 0
  public static let selu = Activation(kind: .selu)
  /// log(1 + exp(x))
  public static let softplus = Activation(kind: .softplus)
  /// x / (1 + |x|)
  public static let softsign = Activation(kind: .softsign)
  /// x · sigmoid(x), also called swish
  public static let silu = Activation(kind: .silu)
  /// min(max(x, 0), 6)
  public static let relu6 = Activation(kind: .relu6)
  /// exp(x)
  public static let exponential = Activation(kind: .exponential)

  /// x, or `negativeSlope` · x below 0.
  ///
  /// - Precondition: the slope is not negative.
  public static func leakyReLU(negativeSlope: Float) -> Activation {
    precondition(negativeSlope >= 0, "a negative slope of \(negativeSlope)")
    return Activation(kind: .leakyReLU, negativeSlope: negativeSlope)
  }

  private init(kind: Kind, negativeSlope: Float = 0.2) {
    self.kind = kind
    self.negativeSlope = negativeSlope
  }

  /// The activation of that name, with Keras' defaults.
  ///
  /// - Throws: `.unknownClass`, naming those there are.
  public init(name: String) throws(TrainerError) {
    guard let kind = name == "swish" ? .silu : Kind(rawValue: name) else {
      throw TrainerError(
        .unknownClass,
        "no activation is called '\(name)', there are "
          + Kind.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self.init(kind: kind)
  }

  /// The activation that a layer's configuration has under "activation": a name, nothing for
  /// linear, or a leaky ReLU of another slope as Keras writes it,
  /// `{"class_name": "LeakyReLU", "config": {"negative_slope": 0.1}}`.
  ///
  /// - Throws: `.unknownClass`, `.invalidConfiguration`.
  public init(config: JSONValue?) throws(TrainerError) {
    let className = config?["class_name"]?.stringValue
    guard let config, !config.isNull, className == "LeakyReLU" else {
      guard let name = config.map(\.isNull) ?? true ? "linear" : config?.stringValue ?? className
      else {
        throw TrainerError(
          .invalidConfiguration,
          "an activation is neither a name nor an object: \(config?.text() ?? "")")
      }
      try self.init(name: name)
      return
    }
    let members = Configuration(config["config"]?.objectValue ?? [:], of: "LeakyReLU")
    // The layer's default, which is not the function's.
    let slope = try members.float("negative_slope", or: 0.3)
    guard slope >= 0 else {
      throw TrainerError(
        .invalidConfiguration, "LeakyReLU: 'negative_slope' is \(slope), but must not be negative")
    }
    self.init(kind: .leakyReLU, negativeSlope: slope)
  }

  /// The name in configurations. A leaky ReLU's slope is not in it: use `serialized`.
  public var name: String { kind.rawValue }

  /// The inverse of `init(config:)`.
  public var serialized: JSONValue {
    guard kind == .leakyReLU, self != .leakyReLU else { return .string(name) }
    return [
      "module": "keras.layers", "class_name": "LeakyReLU",
      "config": ["name": "leaky_re_lu", "negative_slope": .float(negativeSlope)],
      "registered_name": nil,
    ]
  }
}
