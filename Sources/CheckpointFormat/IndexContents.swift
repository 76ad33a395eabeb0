/// Everything an index says, to be encoded. The counterpart of `ContainerIndex`, which reads.
package struct IndexContents: Sendable {
  package private(set) var summary: CheckpointSummary
  /// Sorted by name.
  package let tensors: [TensorDeclaration]
  /// Sorted by name.
  package let documents: [(name: String, content: [UInt8])]
  package let blobs: [(name: String, content: [UInt8])]
  package let chunkSizeBytes: Int
  /// Per tensor: which chunks hold it. Chunks are numbered in file order.
  package let chunkRanges: [Range<Int>]
  /// Tensors that have chunks, in the order in which their data stands in the file.
  package let fileOrder: [Int]
  package let layout: IndexLayout

  private let aliasTargets: [Int?]
  private let sizes: [UInt64]

  /// Tensors below this size share packed space; others start at a page of their own.
  package static let packedBelowBytes: UInt64 = 65536

  /// Checks all limits of the format and plans which chunk holds what.
  /// - Throws: `FormatError` with the rule that what was asked for would break.
  package init(
    summary: CheckpointSummary, tensors unsorted: [TensorDeclaration],
    documents: [String: [UInt8]], blobs: [String: [UInt8]], chunkSizeBytes: Int, hasDigests: Bool
  ) throws(FormatError) {
    let tensors = unsorted.sorted { $0.name.precedesByBytes($1.name) }
    try IndexContents.checkNames(tensors.map(\.name), of: "tensor", sorted: true)
    try IndexContents.checkNames(Array(documents.keys), of: "document")
    try IndexContents.checkNames(Array(blobs.keys), of: "blob")
    try IndexContents.checkNames(Array(summary.metrics.keys), of: "metric")
    try IndexContents.checkNames(Array(summary.pendingMetrics), of: "metric")
    try IndexContents.checkNames(Array(summary.tags), of: "tag")

    var sizes: [UInt64] = []
    sizes.reserveCapacity(tensors.count)
    for tensor in tensors { sizes.append(try tensor.sizeBytes()) }
    let aliasTargets = try IndexContents.aliasTargets(tensors)

    let owners = tensors.indices.filter { aliasTargets[$0] == nil && sizes[$0] > 0 }
    let fileOrder =
      owners.filter { sizes[$0] < IndexContents.packedBelowBytes }
      + owners.filter { sizes[$0] >= IndexContents.packedBelowBytes }
    var chunkRanges = Array(repeating: 0..<0, count: tensors.count)
    var next = 0
    var logicalBytes: UInt64 = 0
    for tensor in fileOrder {
      let count = (sizes[tensor] + UInt64(chunkSizeBytes) - 1) / UInt64(chunkSizeBytes)
      let (total, overflow) = logicalBytes.addingReportingOverflow(sizes[tensor])
      guard !overflow, UInt64(next) + count <= FormatLimits.chunks else {
        throw FormatError(.limit, "more than \(FormatLimits.chunks) chunks; use larger ones")
      }
      logicalBytes = total
      chunkRanges[tensor] = next..<next + Int(count)
      next += Int(count)
    }

    self.summary = summary
    self.summary.pendingMetrics.subtract(summary.metrics.keys)
    self.summary.logicalBytes = logicalBytes
    self.summary.tensorCount = tensors.count
    self.summary.chunkCount = next
    self.tensors = tensors
    self.documents = documents.sorted { $0.key.precedesByBytes($1.key) }.map { ($0, $1) }
    self.blobs = blobs.sorted { $0.key.precedesByBytes($1.key) }.map { ($0, $1) }
    self.chunkSizeBytes = chunkSizeBytes
    self.chunkRanges = chunkRanges
    self.fileOrder = fileOrder
    self.aliasTargets = aliasTargets
    self.sizes = sizes

    let metricNames = Array(summary.metrics.keys) + Array(self.summary.pendingMetrics)
    var counts: [SectionKind: Int] = [
      .summary: 1, .metrics: metricNames.count, .tags: summary.tags.count,
      .summaryText: (metricNames + summary.tags).reduce(0) { $0 + $1.utf8.count },
      .tensors: tensors.count, .dimensions: tensors.reduce(0) { $0 + $1.shape.count },
      .chunks: next, .documents: documents.count, .blobs: blobs.count,
      .names: tensors.reduce(0) { $0 + $1.name.utf8.count }
        + (Array(documents.keys) + Array(blobs.keys)).reduce(0) { $0 + $1.utf8.count },
      .payload: (Array(documents.values) + Array(blobs.values)).reduce(0) { $0 + $1.count },
    ]
    if hasDigests { counts[.digests] = next }
    for (kind, count) in counts where UInt64(count) > kind.countLimit {
      throw FormatError(.limit, "\(count) records in \(kind), at most \(kind.countLimit)")
    }
    layout = IndexLayout(counts: counts)
  }

  /// Logical bytes of a tensor.
  package func sizeBytes(ofTensor tensor: Int) -> UInt64 { sizes[tensor] }

  /// Encodes the index, once the chunks are known.
  /// - Parameters:
  ///   - chunks: as many as `layout` has, in file order.
  ///   - digests: 32 bytes per chunk, or none.
  package func encoded(chunks: [ChunkRecord], digests: [UInt8] = []) -> [UInt8] {
    precondition(chunks.count == summary.chunkCount)
    var summary = summary
    summary.storedBytes = chunks.reduce(0) { $0 + UInt64($1.storedBytes) }
    let nonFinite = chunkRanges.map { range in
      chunks[range].reduce(0) { $0 + UInt64($1.nonFiniteCount) }
    }
    summary.nonFiniteCount = nonFinite.reduce(0, +)

    var writer = IndexWriter(layout: layout)
    writer.writeSummary(summary)
    writer.writeTensors(
      tensors, sizes: sizes, chunkRanges: chunkRanges, aliasTargets: aliasTargets,
      nonFinite: nonFinite)
    writer.writeChunks(chunks)
    writer.writeNamed(documents, blobs)
    writer.writeDigests(digests)
    return writer.finished()
  }

  private static func checkNames(
    _ names: [String], of what: String, sorted: Bool = false
  ) throws(FormatError) {
    for name in names {
      let bytes = name.utf8
      guard (1...FormatLimits.nameBytes).contains(bytes.count) else {
        throw FormatError(
          .nameLength, "a \(what)'s name has \(bytes.count) bytes; 1 to 4096 are allowed")
      }
      guard !bytes.contains(0) else {
        throw FormatError(.textEncoding, "the \(what) \"\(name)\" has a zero byte in its name")
      }
    }
    // Dictionaries and sets hold names once already, but by canonical equivalence; tensors are
    // compared by bytes here.
    if sorted {
      for (a, b) in zip(names, names.dropFirst()) where !a.precedesByBytes(b) {
        throw FormatError(.order, "there are two \(what)s named \"\(a)\"")
      }
    }
  }

  private static func aliasTargets(_ tensors: [TensorDeclaration]) throws(FormatError) -> [Int?] {
    guard tensors.contains(where: { $0.aliasOf != nil }) else {
      return Array(repeating: nil, count: tensors.count)
    }
    // By bytes: strings are equal in Swift if they write the same characters in other ways.
    var places: [[UInt8]: Int] = [:]
    for (place, tensor) in tensors.enumerated() { places[Array(tensor.name.utf8)] = place }
    var targets: [Int?] = []
    for tensor in tensors {
      guard let name = tensor.aliasOf else {
        targets.append(nil)
        continue
      }
      guard let target = places[Array(name.utf8)], tensors[target].aliasOf == nil,
        tensors[target].dtype == tensor.dtype, tensors[target].shape == tensor.shape
      else {
        throw FormatError(
          .alias,
          "\"\(tensor.name)\" is an alias of \"\(name)\", which is not a tensor of its own"
            + " with the same dtype and shape")
      }
      targets.append(target)
    }
    return targets
  }
}

extension String {
  /// The format's order: by UTF-8 bytes.
  package func precedesByBytes(_ other: String) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }
}
