import CheckpointFormat
import ContainerSurgery
import Testing

import struct SimulatedDisk.SplitMix64

/// Stored checksums are made right again, so that what is tested is the decoder, not the checksum.
@Suite("The decoder, given encoded bytes that are wrong")
struct ChunkDamageTests {
  /// One for each transform and codec.
  static let samples: [(kind: SampleBytes, dtype: DType, compression: Compression)] = [
    (.normal, .bf16, .fast), (.normal, .bf16, .compact), (.normal, .f32, .compact),
    (.ramp, .u32, .fast),
    (.ramp, .i64, .compact), (.text, .u8, .compact), (.text, .u8, .fast), (.zeros, .u8, .fast),
    (.sparse, .u16, .compact),
  ]

  private func chunk(
    _ sample: (kind: SampleBytes, dtype: DType, compression: Compression), count: Int = 600
  ) -> (CodedChunk, [UInt8]) {
    let width = sample.dtype.scalarBytes
    let bytes = sample.kind.bytes(
      count: count * width, width: width, isBrain: sample.dtype == .bf16)
    let encoder = ChunkEncoder(compression: sample.compression)
    return (CodedChunk(bytes, dtype: sample.dtype, encoder: encoder), bytes)
  }

  /// Either the very bytes, or an error of the format; never other bytes, never a write outside.
  /// - Returns: the rule, or nil if the bytes came back.
  private func outcome(
    _ chunk: CodedChunk, _ original: [UInt8], _ decoder: ChunkDecoder
  ) throws -> FormatRule? {
    do {
      let bytes = try chunk.decoded(by: decoder)
      #expect(bytes == original)
      return nil
    } catch let error as FormatError {
      return error.rule
    }
  }

  @Test("refuses every truncation", arguments: samples)
  func truncations(kind: SampleBytes, dtype: DType, compression: Compression) throws {
    let (chunk, original) = chunk((kind, dtype, compression))
    let decoder = ChunkDecoder()
    #expect(chunk.record.transform != 0 || chunk.record.codec != 0)
    for length in 0..<chunk.stored.count {
      let cut = chunk.replacingStored(Array(chunk.stored[..<length]))
      let rule = try outcome(cut, original, decoder)
      #expect(
        rule == .decode || rule == .planeTable, "\(length) bytes: \(String(describing: rule))")
    }
  }

  @Test("refuses bytes left over", arguments: samples)
  func appended(kind: SampleBytes, dtype: DType, compression: Compression) throws {
    let (chunk, original) = chunk((kind, dtype, compression))
    for more in [[0], [0xFF], [0, 0, 0, 0, 0, 0, 0, 0]] as [[UInt8]] {
      let longer = chunk.replacingStored(chunk.stored + more)
      let rule = try outcome(longer, original, ChunkDecoder())
      #expect(rule == .decode || rule == .planeTable, "\(more)")
    }
  }

  @Test("gives the right bytes or an error for seeded mutations", arguments: samples)
  func mutations(kind: SampleBytes, dtype: DType, compression: Compression) throws {
    let (chunk, original) = chunk((kind, dtype, compression), count: 300)
    let decoder = ChunkDecoder()
    var random = SplitMix64(seed: 5)
    var rules: [FormatRule: Int] = [:]
    for _ in 0..<1500 {
      var stored = chunk.stored
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        // The plane table and the streams' heads are hit as often as all the rest.
        let reach = Bool.random(using: &random) ? min(stored.count, 72) : stored.count
        let place = Int.random(in: 0..<max(1, reach), using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0 where !stored.isEmpty: stored[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1 where !stored.isEmpty: stored[place] = UInt8.random(in: 0...255, using: &random)
        case 2 where stored.count > 1: stored.remove(at: place)
        case 3: stored.insert(UInt8.random(in: 0...255, using: &random), at: place)
        default:
          if !stored.isEmpty {
            stored[place] = [0, 0xFF, 0x7F, 0x80].randomElement(using: &random) ?? 0
          }
        }
      }
      if let rule = try outcome(chunk.replacingStored(stored), original, decoder) {
        rules[rule, default: 0] += 1
      }
    }
    let allowed: Set<FormatRule> = [.decode, .planeTable, .codec, .logicalChecksum]
    #expect(Set(rules.keys).isSubset(of: allowed), "\(rules)")
    #expect(rules.values.reduce(0, +) > 300, "\(rules)")
  }

  @Test("gives the right bytes or an error for records that lie about transform and codec")
  func records() throws {
    for sample in ChunkDamageTests.samples {
      let (chunk, original) = chunk(sample)
      for transform in UInt8(0)...4 {
        for codec in UInt8(0)...7 where transform != 0 || codec != 0 {
          for dtype in DType.allCases {
            var lie = CodedChunk(original, dtype: dtype, encoder: ChunkEncoder(compression: .none))
            lie = lie.replacingStored(chunk.stored)
            lie.record.transform = transform
            lie.record.codec = codec
            _ = try outcome(lie, original, ChunkDecoder())
          }
        }
      }
    }
  }

  @Test("looks at the stored checksum first")
  func storedChecksum() throws {
    let (chunk, original) = chunk((.text, .u8, .compact))
    for place in chunk.stored.indices {
      var damaged = chunk
      damaged.stored[place] ^= 0x10
      #expect(try outcome(damaged, original, ChunkDecoder()) == .storedChecksum)
    }
  }
}
