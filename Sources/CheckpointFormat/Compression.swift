/// What a save spends on making the file smaller. All are lossless; each chunk is stored raw where
/// coding would gain less than 5 %.
public enum Compression: String, Sendable, Hashable, CaseIterable {
  /// Everything raw: tensors can be mapped.
  case none
  /// LZ4, and Huffman coding of the planes where that gains.
  case fast
  /// The smallest of LZ4, Huffman coding and deflate, by a sample of each plane.
  case compact
}
