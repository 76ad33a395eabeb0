import CCheckpointShims
import Testing

import struct SimulatedDisk.SplitMix64

/// FORMAT.md §6.2.
@Suite("The codec four-stream Huffman")
struct FourStreamHuffmanTests {
  private static let symbols: [UInt8] = [5, 5, 5, 5, 6, 5, 5, 7, 5, 6, 5, 5, 5, 5, 9, 6]
  private static let vector: [UInt8] = [
    0x05, 0x09, 0x21, 0x03, 0x03, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0x00, 0x31,
    0x02, 0x3C,
  ]

  private func encoded(_ symbols: [UInt8], capacity: Int? = nil) -> [UInt8]? {
    let capacity = capacity ?? 2 * symbols.count + 400
    let guarded = GuardedMemory(count: capacity)
    let input = GuardedMemory(symbols)
    let length = ckpt_huffman_encode(input.base, symbols.count, guarded.base, capacity)
    #expect(guarded.isIntact)
    return length == 0 ? nil : Array(guarded.bytes[..<length])
  }

  private func decoded(_ encoded: [UInt8], count: Int) -> [UInt8]? {
    let guarded = GuardedMemory(count: count)
    let input = GuardedMemory(encoded)
    let isRight = ckpt_huffman_decode(input.base, encoded.count, guarded.base, count)
    #expect(guarded.isIntact)
    return isRight ? guarded.bytes : nil
  }

  @Test("writes the bytes of FORMAT.md")
  func vectors() {
    #expect(encoded(Self.symbols) == Self.vector)
    #expect(decoded(Self.vector, count: 16) == Self.symbols)
  }

  @Test(
    "writes the same bytes by vectors and without, in every length and for all kinds of distributions",
    .enabled(if: ckpt_huffman_has_vectors()))
  func paths() {
    var random = SplitMix64(seed: 3)
    for count in Array(2...300) + [16_384, 65_535, 65_536, 70_001, 262_147] {
      for bits in 1...8 {
        var symbols = (0..<count).map { _ in
          (0..<bits).map { _ in UInt8(truncatingIfNeeded: random.next()) >> (8 - bits) }.min() ?? 0
        }
        // Rare ones: outside of the blocks that are counted, the last one of all, and with codes too long to
        // append by eight.
        symbols[count * 2 / 3] = 255
        symbols[count - 1] = 254
        let results = [true, false].map { byVectors in
          let output = GuardedMemory(count: 2 * count + 400)
          let length = ckpt_huffman_encode_by(
            byVectors, symbols, count, output.base, 2 * count + 400)
          #expect(output.isIntact)
          return Array(output.bytes[..<length])
        }
        // Not the arrays in `#expect`: what a failure would print takes minutes.
        let (isSame, isBack) = (
          results[0] == results[1], decoded(results[0], count: count) == symbols
        )
        #expect(isSame && isBack, "\(count) symbols of \(bits) bits")
      }
    }
  }

  @Test("gives back what it was given, for every small length and all kinds of distributions")
  func roundTrips() throws {
    var random = SplitMix64(seed: 1)
    for count in Array(2...300) + [16_384, 16_385, 20_003] {
      for bits in 1...8 {
        // The smallest of some: frequent small ones, a long tail.
        var symbols = (0..<count).map { _ in
          (0..<bits).map { _ in UInt8(truncatingIfNeeded: random.next()) >> (8 - bits) }.min() ?? 0
        }
        symbols[0] = 0
        symbols[count - 1] = 255
        let bytes = try #require(encoded(symbols))
        #expect(decoded(bytes, count: count) == symbols, "\(count) symbols of \(bits) bits")
      }
    }
  }

  @Test("keeps codes to 11 bits where Huffman's would be longer, and the code complete")
  func longCodes() throws {
    // Fibonacci numbers make the deepest trees.
    var symbols: [UInt8] = []
    var (a, b) = (1, 1)
    for symbol in 0..<20 {
      symbols += [UInt8](repeating: UInt8(symbol), count: a)
      (a, b) = (b, a + b)
    }
    let bytes = try #require(encoded(symbols))
    let lengths: [Int] = bytes[2..<12].flatMap { [Int($0 & 15), Int($0 >> 4)] }
    #expect(lengths.max() == 11 && lengths.min() == 1)
    let space = lengths.reduce(0) { sum, length in sum + (2048 >> length) }
    #expect(space == 2048)
    #expect(decoded(bytes, count: symbols.count) == symbols)
  }

  @Test(
    "leaves no more than the best code of at most 11 bits does, but for the header and whole bytes")
  func size() throws {
    var random = SplitMix64(seed: 2)
    let symbols = (0..<50_000).map { _ in 120 &- UInt8(random.next().trailingZeroBitCount & 63) }
    let bytes = try #require(encoded(symbols))
    // A geometric distribution: 2 bits a symbol.
    #expect(bytes.count < 50_000 / 4 + 250)
  }

  @Test("does nothing for fewer than two symbols, and writes nothing that doesn't fit")
  func capacity() throws {
    #expect(encoded([]) == nil && encoded([7]) == nil && encoded([7, 7, 7]) == nil)
    let whole = try #require(encoded(Self.symbols))
    for capacity in 0...whole.count + 20 {
      let fitting = encoded(Self.symbols, capacity: capacity)
      #expect(fitting == (capacity < whole.count ? nil : whole))
    }
  }

  @Test("refuses every truncation, additions, other counts, and every code that is not complete")
  func refusals() {
    for length in Self.vector.indices {
      #expect(decoded(Array(Self.vector[..<length]), count: 16) == nil)
    }
    #expect(decoded(Self.vector + [0], count: 16) == nil)
    // Up to the bits that are left in the last bytes, which are codes of 5 as well.
    for count in Array(0...15) + Array(21...60) {
      #expect(decoded(Self.vector, count: count) == nil)
    }
    // First and last symbol, lengths, stream lengths, and the bits left in the last byte of a stream.
    for (place, byte) in [
      (0, 0x06), (0, 0x09), (1, 0x05), (1, 0x0A), (2, 0x31), (3, 0x13), (4, 0x13), (4, 0x00),
      (5, 0x02), (9, 0x00), (21, 0x10), (24, 0xBC),
    ] as [(Int, UInt8)] {
      var changed = Self.vector
      changed[place] = byte
      #expect(decoded(changed, count: 16) == nil, "byte \(place)")
    }
  }

  @Test("stays within its memory whatever the bytes are")
  func damage() throws {
    var random = SplitMix64(seed: 3)
    let symbols = (0..<700).map { _ in UInt8(truncatingIfNeeded: random.next() & random.next()) }
    let bytes = try #require(encoded(symbols))
    var accepted = 0
    for place in bytes.indices {
      for _ in 0..<3 {
        var changed = bytes
        changed[place] = UInt8(truncatingIfNeeded: random.next())
        if decoded(changed, count: 700) != nil { accepted += 1 }
      }
    }
    // What a damaged stream decodes to is the checksum's to find: most are complete streams all the same.
    #expect(accepted < 3 * bytes.count)
  }
}
