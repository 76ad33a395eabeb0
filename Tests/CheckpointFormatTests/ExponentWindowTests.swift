import CCheckpointShims
import Testing

import struct SimulatedDisk.SplitMix64

/// FORMAT.md §6.1.
@Suite("The codec exponent window")
struct ExponentWindowTests {
  static let paths = [CKPT_WINDOW_PORTABLE, CKPT_WINDOW_AVX2, CKPT_WINDOW_AVX512]
    .filter { ckpt_window_path_exists($0) }
  private static let symbols: [UInt8] = [
    0x78, 0x79, 0x7A, 0x79, 0x03, 0x78, 0x7F, 0x7E, 0x79, 0x79,
  ]

  private func encoded(
    _ symbols: [UInt8], width: UInt32, base: UInt8, path: ckpt_window_path, capacity: Int = 4096
  ) -> [UInt8]? {
    let guarded = GuardedMemory(count: capacity)
    let length = ckpt_window_encode_by(
      path, symbols, symbols.count, width, base, guarded.base, capacity)
    #expect(guarded.isIntact)
    return length == 0 ? nil : Array(guarded.bytes[..<length])
  }

  private func decoded(_ encoded: [UInt8], count: Int, path: ckpt_window_path) -> [UInt8]? {
    let guarded = GuardedMemory(count: count)
    let input = GuardedMemory(encoded)
    let isRight = ckpt_window_decode_by(path, input.base, encoded.count, guarded.base, count)
    #expect(guarded.isIntact)
    return isRight ? guarded.bytes : nil
  }

  @Test("writes the bytes of FORMAT.md", arguments: paths)
  func vectors(path: ckpt_window_path) {
    let three: [UInt8] = [3, 0x78, 0, 0, 2, 0, 0, 0, 0x88, 0x72, 0xDC, 0x09, 0x03, 0x7F]
    let four: [UInt8] = [4, 0x76, 0, 0, 1, 0, 0, 0, 0x32, 0x34, 0x2F, 0x89, 0x33, 0x03]
    #expect(encoded(Self.symbols, width: 3, base: 0x78, path: path) == three)
    #expect(encoded(Self.symbols, width: 4, base: 0x76, path: path) == four)
    #expect(decoded(three, count: 10, path: path) == Self.symbols)
    #expect(decoded(four, count: 10, path: path) == Self.symbols)
  }

  @Test("gives back what it was given, the same bytes by every path, for every small length")
  func roundTrips() throws {
    var random = SplitMix64(seed: 1)
    for count in 0...200 {
      for width: UInt32 in [3, 4] {
        for spread: UInt64 in [1, 6, 7, 8, 14, 15, 16, 40, 256] {
          let base = UInt8(truncatingIfNeeded: random.next())
          let symbols = (0..<count).map { _ in
            base &+ UInt8(truncatingIfNeeded: random.next() % spread)
          }
          let first = try #require(
            encoded(symbols, width: width, base: base, path: CKPT_WINDOW_PORTABLE))
          for path in Self.paths {
            #expect(encoded(symbols, width: width, base: base, path: path) == first)
            #expect(decoded(first, count: count, path: path) == symbols)
          }
        }
      }
    }
  }

  @Test("writes nothing that doesn't fit")
  func capacity() throws {
    var random = SplitMix64(seed: 2)
    let symbols = (0..<150).map { _ in UInt8(truncatingIfNeeded: random.next() % 20) }
    for path in Self.paths {
      let whole = try #require(encoded(symbols, width: 3, base: 0, path: path))
      for capacity in 0...whole.count + 70 {
        let fitting = encoded(symbols, width: 3, base: 0, path: path, capacity: capacity)
        #expect(fitting == (capacity < whole.count ? nil : whole))
      }
    }
  }

  @Test("refuses every truncation, additions, and fields that can't be", arguments: paths)
  func refusals(path: ckpt_window_path) throws {
    for (width, base): (UInt32, UInt8) in [(3, 0x78), (4, 0x76)] {
      let bytes = try #require(encoded(Self.symbols, width: width, base: base, path: path))
      for length in 0..<bytes.count {
        #expect(decoded(Array(bytes[..<length]), count: 10, path: path) == nil)
      }
      #expect(decoded(bytes + [0], count: 10, path: path) == nil)
      for count in 0...40 where count != 10 {
        #expect(decoded(bytes, count: count, path: path) == nil)
      }
      // Width, reserved bytes, how many are escaped; a bit behind the last code.
      for place in [0, 2, 3, 4, 5, 6, 7] {
        var changed = bytes
        changed[place] ^= 0x08
        #expect(decoded(changed, count: 10, path: path) == nil, "byte \(place)")
      }
    }
    // One escape code less than there are escaped symbols, and one more.
    var codes = try #require(encoded(Self.symbols, width: 3, base: 0x78, path: path))
    codes[9] ^= 0x10
    #expect(decoded(codes, count: 10, path: path) == nil)
    codes[9] ^= 0x10
    codes[8] |= 0x07
    #expect(decoded(codes, count: 10, path: path) == nil)
    var padding = try #require(encoded(Self.symbols, width: 3, base: 0x78, path: path))
    padding[11] |= 0x40
    #expect(decoded(padding, count: 10, path: path) == nil)
  }

  @Test("says the same of damaged bytes by every path, and stays within its memory")
  func damage() throws {
    var random = SplitMix64(seed: 3)
    for count in [1, 63, 64, 65, 190] {
      let symbols = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() % 10) }
      for width: UInt32 in [3, 4] {
        let bytes = try #require(
          encoded(symbols, width: width, base: 0, path: CKPT_WINDOW_PORTABLE))
        for place in bytes.indices {
          var changed = bytes
          changed[place] = UInt8(truncatingIfNeeded: random.next())
          let first = decoded(changed, count: count, path: CKPT_WINDOW_PORTABLE)
          for path in Self.paths { #expect(decoded(changed, count: count, path: path) == first) }
        }
      }
    }
  }

  @Test("places the window where most symbols are, around 255 too")
  func window() {
    var histogram = [UInt32](repeating: 0, count: 256)
    var outside: UInt32 = 0
    for symbol in [254, 255, 0, 1, 2, 3, 4] { histogram[symbol] = 10 }
    histogram[100] = 12
    #expect(ckpt_window_base(histogram, 3, &outside) == 254 && outside == 12)
    #expect(ckpt_window_base(histogram, 4, &outside) == 246 && outside == 12)
  }
}
