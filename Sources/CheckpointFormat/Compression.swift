/// What a save spends on making the file smaller. All are lossless; each chunk is stored raw where
/// coding would gain less than 5 %.
public enum Compression: String, Sendable, Hashable, CaseIterable {
  /// Everything raw: tensors can be mapped.
  case none
  /// Fixed-width codes for the exponents of floating-point numbers, LZ4 for repetitions: faster than disks.
  case fast
  /// The smallest of Huffman coding, LZ4 and deflate, by a sample of each plane.
  case compact
}
