internal import CCheckpointShims

/// SHA-256 (FIPS 180-4).
package struct SHA256: ~Copyable {
  private var context = ckpt_sha256()

  package init() {
    unsafe ckpt_sha256_init(&context)
  }

  /// Adds `bytes`.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    unsafe ckpt_sha256_update(&context, bytes.baseAddress, bytes.count)
  }

  /// Adds `bytes`.
  package mutating func update(_ bytes: ArraySlice<UInt8>) {
    unsafe bytes.withUnsafeBytes { unsafe update($0) }
  }

  /// The 32 bytes of the digest.
  package consuming func digest() -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      unsafe ckpt_sha256_final(&context, buffer.baseAddress)
      count = 32
    }
  }

  /// The digest of `bytes`.
  package static func digest(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var hash = SHA256()
    unsafe hash.update(bytes)
    return hash.digest()
  }
}
