/// How a chunk's bytes are rearranged before they are coded (`FORMAT.md` §6).
package enum ChunkTransform: UInt8, Sendable, Hashable, CaseIterable {
  case none = 0
  case bytePlanes = 1
  case floatSplit = 2
}

/// How a chunk, or one plane of it, is coded (`FORMAT.md` §6). Ids 5 (exponent window) and 6
/// (four-stream Huffman) are reserved.
package enum ChunkCodec: UInt8, Sendable, Hashable, CaseIterable {
  case raw = 0
  case constant = 1
  case lz4 = 2
  case deflate = 3
  case deflateHuffmanOnly = 4
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
    case .deflateHuffmanOnly: "huffman"
    }
  }
}
