internal import CCheckpointShims

/// CRC-32C (Castagnoli), about 8 GB/s on one core where the CPU has instructions for it.
package enum CRC32C {
  /// The checksum of `bytes`, going on from `previous`.
  package static func checksum(
    _ bytes: UnsafeRawBufferPointer, continuing previous: UInt32 = 0
  ) -> UInt32 {
    unsafe ckpt_crc32c(previous, bytes.baseAddress, bytes.count)
  }

  /// The checksum of `bytes`, going on from `previous`.
  package static func checksum(_ bytes: [UInt8], continuing previous: UInt32 = 0) -> UInt32 {
    unsafe bytes.withUnsafeBytes { unsafe checksum($0, continuing: previous) }
  }
}
