import Testing

@testable import CheckpointRetention

@Suite("Metric curves")
struct MetricCurveTests {
  static func values(
    _ shape: MetricCurve.Shape, nanShare: Double = 0, seed: UInt64 = 1, mode: MetricMode = .max,
    metric: Int = 0
  ) -> [Double] {
    let curve = MetricCurve(shape, nanShare: nanShare, seed: seed)
    return (1...1000).map { curve.value(ofSave: $0, of: 1000, mode: mode, metric: metric) }
  }

  static func mean(_ values: ArraySlice<Double>) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  @Test("the same arguments give the same values, other seeds and metrics other noise")
  func determinism() {
    #expect(Self.values(.noisy) == Self.values(.noisy))
    #expect(Self.values(.noisy) != Self.values(.noisy, seed: 2))
    #expect(Self.values(.noisy) != Self.values(.noisy, metric: 1))
    // Not to change from machine to machine.
    let value = MetricCurve(.improving).value(ofSave: 7, of: 100, mode: .max)
    #expect(value == 0.22963612008497575)
  }

  @Test("better is up for max and down for min", arguments: MetricCurve.Shape.allCases)
  func mirrored(_ shape: MetricCurve.Shape) {
    let up = Self.values(shape)
    let down = Self.values(shape, mode: .min)
    #expect(zip(up, down).allSatisfy { 1 - $0 == $1 })
    #expect(up.allSatisfy { $0 > -0.2 && $0 < 1.2 })
  }

  @Test("shapes are what they are called")
  func shapes() {
    func thirds(_ shape: MetricCurve.Shape) -> [Double] {
      let values = Self.values(shape)
      return [Self.mean(values[..<50]), Self.mean(values[200..<300]), Self.mean(values[950...])]
    }
    let improving = thirds(.improving)
    #expect(improving[0] < improving[1] - 0.1 && improving[1] < improving[2] - 0.1)
    let plateau = thirds(.plateau)
    #expect(plateau[0] < plateau[1] - 0.1 && abs(plateau[1] - plateau[2]) < 0.02)
    let overfitting = thirds(.overfitting)
    #expect(overfitting[1] > overfitting[0] + 0.1 && overfitting[1] > overfitting[2] + 0.1)
    let worsening = thirds(.worsening)
    #expect(worsening[0] > worsening[1] + 0.1 && worsening[1] > worsening[2] + 0.1)
    let noisy = Self.values(.noisy)
    #expect(abs(Self.mean(noisy[...]) - 0.5) < 0.02 && Set(noisy).count > 990)
    #expect(Set(Self.values(.constant)).count == 1)
  }

  @Test("the share of NaN", arguments: [0, 0.01, 0.3, 1])
  func nanShare(_ share: Double) {
    let count = Self.values(.improving, nanShare: share).count(where: \.isNaN)
    #expect(abs(Double(count) - share * 1000) <= (share == 0 || share == 1 ? 0 : 12))
  }
}
