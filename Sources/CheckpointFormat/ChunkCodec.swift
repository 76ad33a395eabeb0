/// How a chunk's bytes are rearranged before they are coded (`FORMAT.md` §6).
package enum ChunkTransform: UInt8, Sendable, Hashable, CaseIterable {
  case none = 0
  case bytePlanes = 1
  case floatSplit = 2
}

/// How a chunk, or one plane of it, is coded (`FORMAT.md` §6).
package enum ChunkCodec: UInt8, Sendable, Hashable, CaseIterable {
  case raw = 0
  case constant = 1
  case lz4 = 2
  case deflate = 3
  /// Earlier writers' Huffman coding.
  case deflateHuffmanOnly = 4
  case exponentWindow = 5
  case fourStreamHuffman = 6

  /// The incompatible feature that a file with such chunks has (`FORMAT.md` §3); 0 for codecs that every
  /// reader knows.
  package var feature: UInt64 {
    switch self {
    case .exponentWindow: Block.exponentWindowFeature
    case .fourStreamHuffman: Block.fourStreamHuffmanFeature
    default: 0
    }
  }
}

extension ChunkTransform: CustomStringConvertible {
  package var description: String {
    switch self {
    case .none: "none"
    case .bytePlanes: "byte planes"
    case .floatSplit: "float split"
    }
  }
}

extension ChunkCodec: CustomStringConvertible {
  package var description: String {
    switch self {
    case .raw: "raw"
    case .constant: "constant"
    case .lz4: "lz4"
    case .deflate: "deflate"
    case .deflateHuffmanOnly: "deflate, huffman only"
    case .exponentWindow: "window"
    case .fourStreamHuffman: "huffman"
    }
  }
}
