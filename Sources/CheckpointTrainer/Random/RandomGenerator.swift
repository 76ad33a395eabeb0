/// A seeded generator of pseudo-random numbers whose state can be saved and restored.
///
/// The algorithm is xoshiro256** 1.0 by Blackman and Vigna (https://prng.di.unimi.it), its 256 bits
/// of state filled by four steps of SplitMix64 from the seed, as its authors recommend. The same
/// seed gives the same numbers in every version of this library, on every machine; only `normal`
/// rests on the platform's logarithm and cosine.
public struct RandomGenerator: RandomNumberGenerator, Sendable, Hashable {
  /// Length of an exported state.
  public static let stateLengthBytes = 32

  private var words: (UInt64, UInt64, UInt64, UInt64)

  /// The generator that belongs to `seed`.
  public init(seed: UInt64) {
    var mixer = SplitMix64(state: seed)
    words = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
  }

  /// One of the independent generators that belong to `seed`, told apart by `name`: those of a
  /// model's layers, for example. Any other name gives unrelated numbers.
  public init(seed: UInt64, name: String) {
    // FNV-1a, then mixed with the seed: Swift's own hash changes with every process.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var mixer = SplitMix64(state: hash)
    self.init(seed: seed ^ mixer.next())
  }

  /// The generator in an exported state.
  ///
  /// - Throws: `TrainerError` with code `.invalidState` if `state` isn't 32 bytes long, or all
  ///   zero, which no generator ever reaches.
  public init(state: [UInt8]) throws(TrainerError) {
    guard state.count == RandomGenerator.stateLengthBytes else {
      throw TrainerError(
        .invalidState,
        "a random generator's state has \(RandomGenerator.stateLengthBytes) bytes, not "
          + "\(state.count)")
    }
    var words: [UInt64] = []
    for start in stride(from: 0, to: state.count, by: 8) {
      words.append(state[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
    guard words.contains(where: { $0 != 0 }) else {
      throw TrainerError(.invalidState, "a random generator's state can't be all zero")
    }
    self.words = (words[0], words[1], words[2], words[3])
  }

  /// The state: 32 bytes, the four words in order, little endian.
  public var state: [UInt8] {
    [words.0, words.1, words.2, words.3].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) }
    }
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    let result = rotated(words.1 &* 5, by: 7) &* 9
    let shifted = words.1 << 17
    words.2 ^= words.0
    words.3 ^= words.1
    words.1 ^= words.2
    words.0 ^= words.3
    words.2 ^= shifted
    words.3 = rotated(words.3, by: 45)
    return result
  }

  private func rotated(_ word: UInt64, by bits: UInt64) -> UInt64 {
    word << bits | word >> (64 &- bits)
  }

  /// Whether both are in the same state.
  public static func == (left: RandomGenerator, right: RandomGenerator) -> Bool {
    left.words == right.words
  }

  /// Hashes the state.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}

/// SplitMix64 (Steele, Lea and Flood): fills the state of a larger generator from one word.
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
