/// The sections of the index (`FORMAT.md` §4). Raw values are the kinds in the file.
package enum SectionKind: UInt32, Sendable, Hashable, CaseIterable {
  case summary = 1
  case metrics = 2
  case tags = 3
  case summaryText = 4
  case tensors = 5
  case dimensions = 6
  case chunks = 7
  case documents = 8
  case blobs = 9
  case names = 10
  case payload = 11
  case digests = 12

  /// The kinds every index has.
  package static let required = allCases.filter { $0 != .digests }

  static let largestRawValue = allCases.reduce(0) { max($0, $1.rawValue) }

  package var recordBytes: Int {
    switch self {
    case .summary: 128
    case .metrics: 24
    case .tags, .dimensions: 8
    case .summaryText, .names, .payload: 1
    case .tensors: TensorRecord.sizeBytes
    case .chunks, .documents, .blobs, .digests: 32
    }
  }

  /// How many records there may be.
  package var countLimit: UInt64 {
    switch self {
    case .summary: 1
    case .metrics, .tags, .documents, .blobs: FormatLimits.namedItems
    case .summaryText: FormatLimits.summaryTextBytes
    case .tensors: FormatLimits.tensors
    case .dimensions: FormatLimits.tensors * FormatLimits.rank
    case .chunks, .digests: FormatLimits.chunks
    case .names: .max
    case .payload: FormatLimits.payloadBytes
    }
  }
}

/// The format's limits: a limit on everything, checked before writing and after reading.
package enum FormatLimits {
  package static let sections: UInt32 = 64
  package static let nameBytes = 4096
  package static let rank: UInt64 = 64
  package static let tensors: UInt64 = 1 << 24
  package static let chunks: UInt64 = (1 << 32) - 1
  /// Metrics, tags, documents and blobs each.
  package static let namedItems: UInt64 = 1 << 16
  package static let summaryTextBytes: UInt64 = 1 << 24
  /// Documents and blobs together. More belongs into a tensor of dtype u8.
  package static let payloadBytes: UInt64 = 1 << 26
}
