extension Initializer {
  /// The deviation of a normal distribution of deviation 1 without what is further than 2 away.
  private static let truncatedDeviation: Float = 0.8796256610342398

  /// A variable's first values. The last axis of a kernel counts outputs, the one before it inputs,
  /// and axes before those multiply both (a convolution's window). With one axis it counts both.
  ///
  /// - Precondition: no axis is negative, and the product of all doesn't overflow.
  public func values(
    shape: [Int], using generator: inout RandomGenerator
  ) -> FloatTensor {
    switch kind {
    case .constant(let value):
      return FloatTensor(repeating: value, shape: shape)
    case .uniform(let minimum, let maximum):
      return .filled(shape) { generator.uniform(in: minimum..<maximum) }
    case .normal(let mean, let deviation):
      return .filled(shape) { mean + deviation * generator.normal() }
    case .truncatedNormal(let mean, let deviation):
      return .filled(shape) { mean + deviation * generator.truncatedNormal() }
    case .scaled(let gain, let average, let distribution):
      let (inputs, outputs) = Initializer.fans(of: shape)
      // The variance is gain / fan, or 2 gain / (inputs + outputs).
      let numerator = average ? 2 * gain : gain
      let fan = max(1, Float(average ? inputs + outputs : inputs))
      switch distribution {
      case .uniform:
        let limit = (3 * numerator / fan).squareRoot()
        return .filled(shape) { generator.uniform(in: -limit..<limit) }
      case .normal:
        let deviation = (numerator / fan).squareRoot() / Initializer.truncatedDeviation
        return .filled(shape) { deviation * generator.truncatedNormal() }
      }
    }
  }

  /// How many inputs a unit has, and how many outputs an input goes to, as Keras counts them.
  static func fans(of shape: [Int]) -> (inputs: Double, outputs: Double) {
    guard let outputs = shape.last else { return (1, 1) }
    guard shape.count > 1 else { return (Double(outputs), Double(outputs)) }
    let window = shape.dropLast(2).reduce(1.0) { $0 * Double($1) }
    return (window * Double(shape[shape.count - 2]), window * Double(outputs))
  }
}

extension RandomGenerator {
  /// A number of the normal distribution with mean 0 and deviation 1, of which those further than 2
  /// from 0 are drawn again.
  mutating func truncatedNormal() -> Float {
    while true {
      let number = normal()
      if abs(number) <= 2 { return number }
    }
  }
}

extension FloatTensor {
  /// A tensor whose elements are drawn one after the other.
  fileprivate static func filled(_ shape: [Int], _ next: () -> Float) -> FloatTensor {
    guard let count = elementCount(of: shape) else { preconditionFailure("the shape \(shape)") }
    let elements = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count { buffer.initializeElement(at: index, to: next()) }
      initialized = count
    }
    return FloatTensor(elements, shape: shape)
  }
}
