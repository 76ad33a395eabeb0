/// How a variable's first values are drawn. Names are those of Keras' initializers.
public struct Initializer: Sendable, Hashable {
  private enum Kind: String, CaseIterable {
    case glorotUniform = "GlorotUniform"
    case zeros = "Zeros"
  }

  private let kind: Kind

  /// Uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010).
  public static let glorotUniform = Initializer(kind: .glorotUniform)
  /// All zero.
  public static let zeros = Initializer(kind: .zeros)

  private init(kind: Kind) { self.kind = kind }

  /// The initializer of that class name.
  ///
  /// - Throws: `.unknownClass`, naming those there are.
  public init(name: String) throws(TrainerError) {
    guard let kind = Kind(rawValue: name) else {
      throw TrainerError(
        .unknownClass,
        "no initializer is called '\(name)', there are "
          + Kind.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self.kind = kind
  }

  /// The class name in configurations.
  public var name: String { kind.rawValue }

  /// A variable's first values. The last axis of a kernel counts outputs, the one before it inputs,
  /// and axes before those multiply both (a convolution's window).
  public func values(
    shape: [Int], using generator: inout RandomGenerator
  ) -> FloatTensor {
    switch kind {
    case .zeros: return FloatTensor(repeating: 0, shape: shape)
    case .glorotUniform:
      let outputs = shape.last ?? 1
      let inputs = shape.count > 1 ? shape[shape.count - 2] : outputs
      let window = shape.dropLast(2).reduce(1, *)
      let limit = (6 / Float(window * (inputs + outputs))).squareRoot()
      let count = shape.reduce(1, *)
      let elements = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        for index in 0..<count {
          buffer.initializeElement(at: index, to: generator.uniform(in: -limit..<limit))
        }
        initialized = count
      }
      return FloatTensor(elements, shape: shape)
    }
  }
}
