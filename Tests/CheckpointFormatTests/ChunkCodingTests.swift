import CheckpointFormat
import ContainerSurgery
import Testing

@Suite("Chunks, encoded and decoded")
struct ChunkCodingTests {
  private func sample(_ kind: SampleBytes, _ count: Int, _ dtype: DType) -> [UInt8] {
    kind.bytes(count: count, width: dtype.scalarBytes, isBrain: dtype == .bf16)
  }

  private func check(
    _ kind: SampleBytes, _ count: Int, _ dtype: DType, _ compression: Compression,
    _ encoder: ChunkEncoder, _ decoder: ChunkDecoder
  ) throws {
    let bytes = sample(kind, count, dtype)
    let chunk = CodedChunk(bytes, dtype: dtype, encoder: encoder)
    let what = Comment("\(count) bytes of \(kind) as \(dtype), \(compression)")
    #expect(try chunk.decoded(by: decoder) == bytes, what)
    let record = chunk.record
    #expect(record.logicalBytes == count && record.storedBytes == chunk.stored.count, what)
    let isRaw = record.transform == 0 && record.codec == 0
    if isRaw {
      #expect(chunk.stored == bytes && record.storedChecksum == record.logicalChecksum, what)
    } else {
      #expect(chunk.stored.count * 100 <= max(100, count * 95), what)
    }
    if compression == .none { #expect(isRaw, what) }
    if compression != .none, count >= 64, kind == .zeros || kind == .repeated {
      #expect(record.codec == ChunkCodec.constant.rawValue && chunk.stored.count == 1, what)
    }
    if kind == .random || count < 64 { #expect(isRaw, what) }
  }

  @Test(
    "come back whatever they hold: every dtype, preset, kind of data and length",
    arguments: DType.allCases)
  func roundTrip(_ dtype: DType) throws {
    let decoder = ChunkDecoder()
    for compression in Compression.allCases {
      let encoder = ChunkEncoder(compression: compression)
      for kind in SampleBytes.allCases {
        for count in [1, 63, 64, 65, 1000, 2048] {
          try check(kind, count, dtype, compression, encoder, decoder)
        }
      }
    }
  }

  @Test("come back at the smallest chunk size", arguments: [DType.u8, .i64, .bf16, .f32])
  func wholeChunks(_ dtype: DType) throws {
    let decoder = ChunkDecoder()
    for compression in [Compression.fast, .compact] {
      let encoder = ChunkEncoder(compression: compression)
      for kind in SampleBytes.allCases {
        for count in [65535, 65536] {
          try check(kind, count, dtype, compression, encoder, decoder)
        }
      }
    }
  }

  @Test(
    "come back small when all but a byte are the same, wherever that is",
    arguments: [DType.u8, .bf16, .f32, .i64], [Compression.fast, .compact])
  func nearlyConstant(_ dtype: DType, _ compression: Compression) throws {
    let encoder = ChunkEncoder(compression: compression)
    let decoder = ChunkDecoder()
    let count = 1 << 18
    // In samples and between them, in every plane.
    for place in [0, 1, 3, 7, 4099, 77_777, 77_778, count / 2, 200_003, count - 1] {
      var bytes = [UInt8](repeating: 0, count: count)
      bytes[place] = 7
      let chunk = CodedChunk(bytes, dtype: dtype, encoder: encoder)
      let isSame = try chunk.decoded(by: decoder) == bytes
      #expect(isSame && chunk.stored.count < count / 20, "\(place): \(chunk.stored.count)")
    }
  }

  @Test("know how many values aren't finite, however they are coded", arguments: DType.allCases)
  func nonFinite(_ dtype: DType) {
    let width = dtype.scalarBytes
    let infinity: [UInt8] =
      switch dtype {
      case .f16: [0, 0x7C]
      case .bf16: [0x80, 0x7F]
      case .f32, .c64: [0, 0, 0x80, 0x7F]
      case .f64: [0, 0, 0, 0, 0, 0, 0xF0, 0x7F]
      default: [UInt8](repeating: 0x80, count: width)
      }
    for kind in [SampleBytes.normal, .zeros, .random] {
      var bytes = sample(kind, 1 << 18, dtype)
      for (number, place) in stride(from: 0, to: bytes.count - width, by: 4001 * width).enumerated()
      {
        for byte in 0..<width { bytes[place + byte] = number % 2 == 0 ? 0xFF : infinity[byte] }
      }
      let expected = bytes.withUnsafeBytes { NonFinite.count(in: $0, dtype: dtype) }
      for compression in Compression.allCases {
        let chunk = CodedChunk(
          bytes, dtype: dtype, encoder: ChunkEncoder(compression: compression))
        #expect(chunk.record.nonFiniteCount == expected, "\(kind), \(compression)")
      }
    }
  }

  @Test("use every transform and codec, each where it gains")
  func everyCodec() {
    var transforms: Set<UInt8> = []
    var codecs: Set<UInt8> = []
    var shares: [String: Double] = [:]
    for (kind, dtype, compression) in [
      (SampleBytes.normal, DType.bf16, Compression.fast), (.normal, .f32, .compact),
      (.ramp, .u32, .compact), (.ramp, .i64, .fast), (.text, .u8, .compact),
      (.text, .u8, .fast), (.sparse, .u16, .fast), (.zeros, .f32, .fast),
      (.random, .u8, .compact),
    ] {
      let encoder = ChunkEncoder(compression: compression)
      let chunk = CodedChunk(sample(kind, 32768, dtype), dtype: dtype, encoder: encoder)
      transforms.insert(chunk.record.transform)
      codecs.formUnion(chunk.codecs(width: dtype.scalarBytes))
      shares["\(kind) \(dtype)"] = Double(chunk.stored.count) / 32768
    }
    #expect(transforms == Set(ChunkTransform.allCases.map(\.rawValue)))
    #expect(codecs == Set(ChunkCodec.allCases.filter { $0 != .deflateHuffmanOnly }.map(\.rawValue)))
    #expect(shares["normal bf16"] ?? 1 < 0.75, "\(shares)")
    #expect(shares["normal f32"] ?? 1 < 0.9, "\(shares)")
    #expect(shares["ramp i64"] ?? 1 < 0.2, "\(shares)")
  }

  @Test("count non-finite values, and are digested, on the way")
  func facts() {
    let values: [Float] = [1, .nan, .infinity, 2]
    let encoder = ChunkEncoder(compression: .fast, hasDigests: true)
    let bytes = values.withUnsafeBytes { Array($0) }
    var output = [UInt8](repeating: 0, count: bytes.count)
    let encoded = bytes.withUnsafeBytes { bytes in
      output.withUnsafeMutableBytes { encoder.encode(bytes, dtype: .f32, into: $0) }
    }
    #expect(encoded.record.nonFiniteCount == 2)
    #expect(encoded.digest == bytes.withUnsafeBytes { SHA256.digest(of: $0) })
  }
}
