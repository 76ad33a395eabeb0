/// How a metric might go in a run that hasn't happened yet: for forecasts. The same curve gives the
/// same values on every machine.
public struct MetricCurve: Sendable, Hashable {
  /// What the curve looks like. Better is up where more is better, down where less is.
  public enum Shape: String, Sendable, Hashable, CaseIterable {
    /// Better and better, ever more slowly, to the end.
    case improving
    /// Good after a tenth of the run, and no better then.
    case plateau
    /// Best after a quarter of the run, then worse and worse.
    case overfitting
    /// Worse from the beginning.
    case worsening
    /// Up and down, and nowhere in the end.
    case noisy
    /// Always the same: ties only.
    case constant
  }

  /// What the curve looks like.
  public var shape: Shape
  /// Which share of the values is NaN, from 0 to 1.
  public var nanShare: Double
  /// What the noise depends on.
  public var seed: UInt64

  /// A curve of the given shape.
  public init(_ shape: Shape, nanShare: Double = 0.01, seed: UInt64 = 1) {
    self.shape = shape
    self.nanShare = nanShare
    self.seed = seed
  }

  /// The value that a save records: about from 0 to 1, or NaN. It depends on the arguments alone.
  ///
  /// - Parameters:
  ///   - number: of the save, from 1.
  ///   - count: how many saves the run makes.
  ///   - mode: which way is better; anything but `min` is taken as `max`.
  ///   - metric: tells metrics of one run apart: their noise differs.
  public func value(
    ofSave number: Int, of count: Int, mode: MetricMode, metric: Int = 0
  ) -> Double {
    var noise = Noise(seed: seed, number: number, metric: metric)
    let isNaN = noise.nextShare() < nanShare
    guard !isNaN else { return .nan }
    let progress = count > 0 ? Double(number) / Double(count) : 1
    let value = 0.05 + 0.9 * quality(at: progress, noise: noise.nextDeviation())
    return mode == .min ? 1 - value : value
  }

  /// How good the state is: 0 at the beginning and 1 at best, but for noise.
  private func quality(at progress: Double, noise: Double) -> Double {
    switch shape {
    case .improving: 1 - MetricCurve.decay(3 * progress) + 0.02 * noise
    case .plateau: 1 - MetricCurve.decay(40 * progress) + 0.02 * noise
    case .overfitting:
      1 - MetricCurve.decay(15 * progress) - 0.8 * max(0, progress - 0.25) + 0.02 * noise
    case .worsening: 1 - 0.8 * progress + 0.02 * noise
    case .noisy: 0.5 + 0.15 * noise
    case .constant: 0.5
    }
  }

  /// About e to the power of `-x`, for `x` of 0 and more: (1 - x/1024)^1024. Of multiplications only, so
  /// that no system's mathematical library changes a forecast.
  private static func decay(_ x: Double) -> Double {
    var power = max(0, 1 - x / 1024)
    for _ in 0..<10 { power *= power }
    return power
  }
}

/// Random numbers that depend on what they are for, not on how many were drawn before: SplitMix64.
private struct Noise {
  private var state: UInt64

  init(seed: UInt64, number: Int, metric: Int) {
    state = seed
    state = next() ^ UInt64(bitPattern: Int64(metric))
    state = next() ^ UInt64(bitPattern: Int64(number))
  }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// From 0 up to, but without, 1.
  mutating func nextShare() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// About normal, with mean 0 and standard deviation 1: never beyond 3.5 either way.
  mutating func nextDeviation() -> Double {
    // The sum of four uniform numbers has variance 4/12.
    let bits = next()
    let sum = (0..<4).reduce(0.0) { $0 + Double((bits >> (16 * UInt64($1))) & 0xFFFF) * 0x1p-16 }
    return (sum - 2) * 1.732_050_807_568_877_2
  }
}
