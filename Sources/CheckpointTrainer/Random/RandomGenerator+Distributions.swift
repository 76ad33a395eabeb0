#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension RandomGenerator {
  /// A number from [0, 1), uniformly: the top 24 bits of one word.
  public mutating func uniform() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  /// A number from [`range.lowerBound`, `range.upperBound`), uniformly.
  ///
  /// Rounding may give the upper bound itself where the bounds are far from 0.
  public mutating func uniform(in range: Range<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// A number of the normal distribution with mean 0 and deviation 1, by Box and Müller's method
  /// from two words. The method's second number is not kept: the state stays 256 bits.
  public mutating func normal() -> Float {
    // (0, 1]: the logarithm of 0 is infinite.
    let radius = Double((next() >> 11) + 1) * 0x1p-53
    let angle = Double(next() >> 11) * 0x1p-53
    return Float((-2 * log(radius)).squareRoot() * cos(2 * .pi * angle))
  }

  /// A whole number from 0..<`bound`, uniformly and without bias (Lemire's multiplication).
  ///
  /// - Precondition: `bound` > 0.
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "there is no number below \(bound)")
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// The numbers 0..<`count` in random order, each order equally likely (Fisher and Yates, from the
  /// end to the front).
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    var last = count - 1
    while last > 0 {
      order.swapAt(last, integer(below: last + 1))
      last -= 1
    }
    return order
  }
}
