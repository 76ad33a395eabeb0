import CheckpointFormat
import ContainerSurgery

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Inputs to begin with: what the encoder makes of each kind of data.
enum Seeds {
  static func write(to directory: String) {
    for compression in [Compression.fast, .compact] {
      let encoder = ChunkEncoder(compression: compression)
      for kind in SampleBytes.allCases {
        for dtype in [DType.u8, .u16, .bf16, .f32, .i64] {
          let bytes = kind.bytes(count: 512, width: dtype.scalarBytes, isBrain: dtype == .bf16)
          var output = bytes
          let record = bytes.withUnsafeBytes { bytes in
            output.withUnsafeMutableBytes { encoder.encode(bytes, dtype: dtype, into: $0).record }
          }
          let head = [record.transform, record.codec, dtype.rawValue - 1, 0xFF, 0x01]
          write(
            head + output.prefix(Int(record.storedBytes)),
            to: "\(directory)/\(kind)-\(dtype)-\(compression)")
        }
      }
    }
  }

  private static func write(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "w") else { return }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }
}
