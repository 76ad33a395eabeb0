/// How a variable's first values are drawn. Names and definitions are those of
/// https://keras.io/api/layers/initializers; the numbers are of this library's generator.
public struct Initializer: Sendable, Hashable {
  /// How numbers are distributed around a mean.
  enum Distribution: Sendable, Hashable {
    case uniform, normal
  }

  enum Kind: Sendable, Hashable {
    case constant(Float)
    case uniform(minimum: Float, maximum: Float)
    case normal(mean: Float, deviation: Float)
    /// Without what is further than two deviations from the mean.
    case truncatedNormal(mean: Float, deviation: Float)
    /// With the variance `gain` / inputs, or for `average` `gain` / the mean of inputs and outputs.
    case scaled(gain: Float, average: Bool, Distribution)
  }

  /// The class name in configurations: "GlorotUniform".
  public let name: String
  let kind: Kind

  init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }

  /// Uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010).
  public static let glorotUniform = Initializer(
    name: "GlorotUniform", kind: .scaled(gain: 1, average: true, .uniform))
  /// Truncated normal with the deviation √(2 / (inputs + outputs)).
  public static let glorotNormal = Initializer(
    name: "GlorotNormal", kind: .scaled(gain: 1, average: true, .normal))
  /// Uniform in ±√(6 / inputs) (He et al. 2015).
  public static let heUniform = Initializer(
    name: "HeUniform", kind: .scaled(gain: 2, average: false, .uniform))
  /// Truncated normal with the deviation √(2 / inputs).
  public static let heNormal = Initializer(
    name: "HeNormal", kind: .scaled(gain: 2, average: false, .normal))
  /// Uniform in ±√(3 / inputs) (LeCun et al. 1998).
  public static let lecunUniform = Initializer(
    name: "LecunUniform", kind: .scaled(gain: 1, average: false, .uniform))
  /// Truncated normal with the deviation √(1 / inputs).
  public static let lecunNormal = Initializer(
    name: "LecunNormal", kind: .scaled(gain: 1, average: false, .normal))
  /// All zero.
  public static let zeros = Initializer(name: "Zeros", kind: .constant(0))
  /// All one.
  public static let ones = Initializer(name: "Ones", kind: .constant(1))

  /// All `value`.
  public static func constant(_ value: Float) -> Initializer {
    Initializer(name: "Constant", kind: .constant(value))
  }

  /// Uniform from `minimum` to `maximum`.
  ///
  /// - Precondition: both are finite, so is their difference, and `minimum` isn't the larger one.
  public static func randomUniform(
    minimum: Float = -0.05, maximum: Float = 0.05
  ) -> Initializer {
    precondition(
      minimum <= maximum && (maximum - minimum).isFinite, "a range from \(minimum) to \(maximum)")
    return Initializer(name: "RandomUniform", kind: .uniform(minimum: minimum, maximum: maximum))
  }

  /// Of the normal distribution.
  ///
  /// - Precondition: both are finite, and `deviation` isn't negative.
  public static func randomNormal(mean: Float = 0, deviation: Float = 0.05) -> Initializer {
    precondition(mean.isFinite && deviation.isFinite && deviation >= 0, "\(mean) ± \(deviation)")
    return Initializer(name: "RandomNormal", kind: .normal(mean: mean, deviation: deviation))
  }

  /// Of the normal distribution, without what is further than two deviations from the mean.
  ///
  /// - Precondition: both are finite, and `deviation` isn't negative.
  public static func truncatedNormal(mean: Float = 0, deviation: Float = 0.05) -> Initializer {
    precondition(mean.isFinite && deviation.isFinite && deviation >= 0, "\(mean) ± \(deviation)")
    return Initializer(
      name: "TruncatedNormal", kind: .truncatedNormal(mean: mean, deviation: deviation))
  }

  /// All that need no numbers, or have defaults for them.
  static let standard: [Initializer] = [
    .glorotUniform, .glorotNormal, .heUniform, .heNormal, .lecunUniform, .lecunNormal, .zeros,
    .ones, .constant(0), .randomUniform(), .randomNormal(), .truncatedNormal(),
  ]

  /// The initializer of that class name, such as "HeNormal", or in Keras' other form "he_normal".
  ///
  /// - Throws: `.unknownClass`, naming those there are.
  public init(name: String) throws(TrainerError) {
    let wanted = name.filter { $0 != "_" }.lowercased()
    guard let found = Initializer.standard.first(where: { $0.name.lowercased() == wanted }) else {
      throw TrainerError(
        .unknownClass,
        "no initializer is called '\(name)', there are "
          + Initializer.standard.map(\.name).joined(separator: ", "))
    }
    self = found
  }
}
