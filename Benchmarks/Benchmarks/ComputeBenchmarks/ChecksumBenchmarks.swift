import Benchmark
import CCheckpointShims

/// The checksum that every byte has: CRC-32C of 64 MiB, one thread.
func checksumBenchmarks() {
  let bytes = [UInt8](repeating: 0xA5, count: 64 << 20)
  Benchmark(named("CRC-32C, 64 MiB")) { benchmark in
    for _ in benchmark.scaledIterations {
      blackHole(bytes.withUnsafeBytes { ckpt_crc32c(0, $0.baseAddress, $0.count) })
    }
  }
}
