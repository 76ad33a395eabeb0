import Checkpoint
import CheckpointTrainer
import Testing

@Suite("Initializers")
struct InitializerTests {
  /// A convolution's kernel: 3 · 3 · 20 inputs, 3 · 3 · 40 outputs.
  static let shape = [3, 3, 20, 40]

  private func values(
    _ initializer: Initializer, _ shape: [Int] = shape, seed: UInt64 = 8
  ) -> [Double] {
    var generator = RandomGenerator(seed: seed)
    return initializer.values(shape: shape, using: &generator).elements.map(Double.init)
  }

  private func deviation(_ values: [Double], around mean: Double = 0) -> Double {
    (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
  }

  @Test(
    "draw uniformly within the limit, and fill it",
    arguments: [
      (Initializer.glorotUniform, 6.0 / (180 + 360)), (.heUniform, 6.0 / 180),
      (.lecunUniform, 3.0 / 180), (.randomUniform(), 0.05 * 0.05),
    ] as [(Initializer, Double)])
  func uniform(initializer: Initializer, squaredLimit: Double) {
    let values = values(initializer)
    let limit = squaredLimit.squareRoot()
    #expect(values.allSatisfy { abs($0) <= limit * 1.000001 })
    #expect(values.map { abs($0) }.max().map { $0 > 0.99 * limit } == true)
    #expect(abs(deviation(values) / limit - 1 / 3.0.squareRoot()) < 0.02)
  }

  @Test(
    "draw from the normal distribution of the right deviation, those of Keras' scaling truncated",
    arguments: [
      (Initializer.glorotNormal, 2.0 / (180 + 360), true), (.heNormal, 2.0 / 180, true),
      (.lecunNormal, 1.0 / 180, true), (.randomNormal(), 0.05 * 0.05, false),
    ] as [(Initializer, Double, Bool)])
  func normal(initializer: Initializer, variance: Double, isTruncated: Bool) {
    let values = values(initializer)
    let wanted = variance.squareRoot()
    #expect(abs(deviation(values) / wanted - 1) < 0.03)
    #expect(abs(values.reduce(0, +) / Double(values.count)) < wanted * 0.05)
    // Before truncation the deviation was larger, so that it is as wanted afterwards.
    let bound = 2 * wanted / 0.8796256610342398
    let largest = values.map { abs($0) }.max() ?? 0
    #expect(isTruncated == (largest <= bound * 1.000001))
    #expect(largest > 0.95 * bound)
  }

  @Test("draw around a mean, cut off at two deviations")
  func truncatedNormal() {
    let values = values(.truncatedNormal(mean: 3, deviation: 0.5))
    #expect(values.allSatisfy { (2...4).contains($0) })
    #expect(abs(deviation(values, around: 3) - 0.5 * 0.8796) < 0.02)
    #expect(self.values(.randomNormal(mean: 3, deviation: 0)).allSatisfy { $0 == 3 })
  }

  @Test("count a matrix's and a vector's inputs and outputs as Keras does")
  func fans() {
    let matrix = values(.heUniform, [50, 100]).map { abs($0) }.max() ?? 0
    #expect((0.98...1).contains(matrix / (6.0 / 50).squareRoot()))
    let vector = values(.glorotUniform, [2000]).map { abs($0) }.max() ?? 0
    #expect((0.98...1).contains(vector / (6.0 / 4000).squareRoot()))
  }

  @Test("of one value are that value")
  func constants() {
    #expect(values(.zeros, [2, 2]) == [0, 0, 0, 0])
    #expect(values(.ones, [3]) == [1, 1, 1])
    #expect(values(.constant(-2.5), []) == [-2.5])
  }

  @Test("follow from the seed")
  func seeds() {
    #expect(values(.heNormal, seed: 1) == values(.heNormal, seed: 1))
    #expect(values(.heNormal, seed: 1) != values(.heNormal, seed: 2))
  }

  private func kernelInitializer(_ json: String) throws -> Initializer {
    let config = try JSONValue.parse("{\"units\":1,\"kernel_initializer\":\(json)}")
    return try Dense(config: try #require(config.objectValue)).kernelInitializer
  }

  @Test(
    "are rebuilt from their configurations",
    arguments: [
      Initializer.glorotUniform, .glorotNormal, .heUniform, .heNormal, .lecunUniform, .lecunNormal,
      .zeros, .ones, .constant(0.1), .randomUniform(minimum: -1, maximum: 2),
      .randomNormal(mean: 1, deviation: 0.1), .truncatedNormal(mean: -1, deviation: 0.2),
    ] as [Initializer])
  func roundTrip(initializer: Initializer) throws {
    let layer = Dense(1, kernelInitializer: initializer, biasInitializer: initializer)
    let config = try #require(
      try JSONValue.parse(JSONValue.object(layer.config).text()).objectValue)
    let rebuilt = try Dense(config: config)
    #expect(rebuilt.kernelInitializer == initializer)
    #expect(rebuilt.biasInitializer == initializer)
  }

  @Test(
    "are known by all of Keras' names",
    arguments: [
      ("\"he_normal\"", Initializer.heNormal), ("\"LecunUniform\"", .lecunUniform),
      ("\"random_normal\"", .randomNormal()), ("null", .glorotUniform),
      (
        "{\"class_name\":\"RandomUniform\",\"config\":{\"maxval\":0.5}}",
        .randomUniform(maximum: 0.5)
      ),
      ("{\"class_name\":\"Constant\",\"config\":{\"value\":3}}", .constant(3)),
      ("{\"class_name\":\"HeNormal\",\"config\":{\"seed\":17}}", .heNormal),
    ] as [(String, Initializer)])
  func names(json: String, initializer: Initializer) throws {
    #expect(try kernelInitializer(json) == initializer)
  }

  @Test(
    "that make no sense are refused",
    arguments: [
      ("\"magic\"", "no initializer is called 'magic', there are GlorotUniform"),
      ("{\"class_name\":\"RandomUniform\",\"config\":{\"minval\":1}}", "'minval' is 1.0"),
      (
        "{\"class_name\":\"RandomUniform\",\"config\":{\"minval\":-3e38,\"maxval\":3e38}}",
        "no range"
      ),
      ("{\"class_name\":\"RandomNormal\",\"config\":{\"stddev\":-1}}", "'stddev' is -1.0"),
      ("{\"class_name\":\"TruncatedNormal\",\"config\":{\"mean\":1e300}}", "'stddev'"),
      ("{\"class_name\":\"Constant\",\"config\":{\"value\":\"x\"}}", "Constant: 'value' is \"x\""),
    ])
  func impossible(json: String, message: String) {
    #expect {
      try kernelInitializer(json)
    } throws: { "\($0)".contains(message) }
  }
}
