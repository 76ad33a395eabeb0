import Testing

@testable import CheckpointTrainer

@Suite("Random generator")
struct RandomGeneratorTests {
  @Test("is xoshiro256**: the authors' numbers from the state 1, 2, 3, 4")
  func referenceNumbers() throws {
    let words: [UInt8] = [1, 2, 3, 4]
    let state = words.flatMap { [UInt8]([$0, 0, 0, 0, 0, 0, 0, 0]) }
    var generator = try RandomGenerator(state: state)
    let expected: [UInt64] = [
      11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
      607_988_272_756_665_600, 16_172_922_978_634_559_625, 8_476_171_486_693_032_832,
    ]
    #expect(expected.map { _ in generator.next() } == expected)
  }

  @Test("is seeded by SplitMix64: its authors' numbers")
  func referenceSeeding() {
    var mixer = SplitMix64(state: 1_477_776_061_723_855_037)
    let expected: [UInt64] = [
      1_985_237_415_132_408_290, 2_979_275_885_539_914_483, 13_511_426_838_097_143_398,
    ]
    #expect(expected.map { _ in mixer.next() } == expected)
  }

  @Test("goes on from an exported state as if nothing had happened")
  func stateRoundTrip() throws {
    var generator = RandomGenerator(seed: 7)
    for _ in 0..<100 { _ = generator.normal() }
    var copy = try RandomGenerator(state: generator.state)
    #expect(copy == generator)
    #expect((0..<50).map { _ in copy.next() } == (0..<50).map { _ in generator.next() })
  }

  @Test("refuses states that can't be", arguments: [[], [UInt8](repeating: 0, count: 32), [1, 2]])
  func impossibleStates(state: [UInt8]) {
    #expect { try RandomGenerator(state: state) } throws: {
      ($0 as? TrainerError)?.code == .invalidState
    }
  }

  @Test("gives unrelated numbers for other names of the same seed")
  func names() {
    var a = RandomGenerator(seed: 1, name: "dropout")
    var b = RandomGenerator(seed: 1, name: "dropout_1")
    var again = RandomGenerator(seed: 1, name: "dropout")
    let numbers = (0..<4).map { _ in a.next() }
    #expect(numbers != (0..<4).map { _ in b.next() })
    #expect(numbers == (0..<4).map { _ in again.next() })
  }

  @Test("keeps uniform numbers in [0, 1), with the right mean and variance")
  func uniform() {
    var generator = RandomGenerator(seed: 11)
    let numbers = (0..<20_000).map { _ in Double(generator.uniform()) }
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
    let (mean, variance) = moments(numbers)
    #expect(abs(mean - 0.5) < 0.01)
    #expect(abs(variance - 1.0 / 12) < 0.003)
  }

  @Test("has normal numbers of mean 0 and variance 1")
  func normal() {
    var generator = RandomGenerator(seed: 12)
    let (mean, variance) = moments((0..<20_000).map { _ in Double(generator.normal()) })
    #expect(abs(mean) < 0.03)
    #expect(abs(variance - 1) < 0.05)
  }

  @Test("permutes: every order about equally often")
  func permutation() {
    var generator = RandomGenerator(seed: 13)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<6000 { counts[generator.permutation(of: 3), default: 0] += 1 }
    #expect(counts.count == 6)
    #expect(counts.values.allSatisfy { (850...1150).contains($0) })
    #expect(generator.permutation(of: 0).isEmpty)
    #expect(generator.permutation(of: 100).sorted() == Array(0..<100))
  }

  private func moments(_ numbers: [Double]) -> (mean: Double, variance: Double) {
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, squares / Double(numbers.count))
  }
}
