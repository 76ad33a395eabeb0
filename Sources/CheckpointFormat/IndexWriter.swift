/// Writes an index section by section; each call fills the sections of its name, in the order of
/// `SectionKind`, and `finished` adds header, table and checksums.
struct IndexWriter {
  private let layout: IndexLayout
  private var writer: ByteWriter
  private var names: [UInt8] = []

  init(layout: IndexLayout) {
    self.layout = layout
    writer = ByteWriter(capacity: layout.lengthBytes)
    writer.appendZeros(IndexLayout.headerBytes + IndexLayout.entryBytes * layout.sections.count)
  }

  mutating func writeSummary(_ summary: CheckpointSummary) {
    writer.append(summary.sequence)
    writer.append(summary.step ?? 0)
    writer.append(summary.epoch ?? 0)
    writer.append(summary.wallTime.nanoseconds)
    writer.append(UInt32(summary.step == nil ? 0 : 1) | UInt32(summary.epoch == nil ? 0 : 2))
    writer.append(UInt32(0))
    writer.append(summary.logicalBytes)
    writer.append(summary.storedBytes)
    writer.append(UInt64(summary.tensorCount))
    writer.append(UInt64(summary.chunkCount))
    writer.append(summary.nonFiniteCount)
    writer.append(summary.runID.bytes.high.bigEndian)
    writer.append(summary.runID.bytes.low.bigEndian)
    writer.appendZeros(32)

    var text: [UInt8] = []
    let names = (Array(summary.metrics.keys) + Array(summary.pendingMetrics))
      .sorted { $0.precedesByBytes($1) }
    for name in names {
      writer.append(UInt32(text.count))
      writer.append(UInt32(name.utf8.count))
      writer.append((summary.metrics[name] ?? 0).bitPattern)
      writer.append(UInt32(summary.metrics[name] == nil ? 1 : 0))
      writer.append(UInt32(0))
      text.append(contentsOf: name.utf8)
    }
    for tag in summary.tags.sorted(by: { $0.precedesByBytes($1) }) {
      writer.append(UInt32(text.count))
      writer.append(UInt32(tag.utf8.count))
      text.append(contentsOf: tag.utf8)
    }
    writer.append(contentsOf: text)
    writer.align(to: 8)
  }

  mutating func writeTensors(
    _ tensors: [TensorDeclaration], sizes: [UInt64], chunkRanges: [Range<Int>],
    aliasTargets: [Int?], nonFinite: [UInt64]
  ) {
    var firstDimension = 0
    for (number, tensor) in tensors.enumerated() {
      writer.append(UInt64(names.count))
      writer.append(UInt32(tensor.name.utf8.count))
      writer.append(tensor.dtype.rawValue)
      writer.append(UInt8(tensor.shape.count))
      writer.append(UInt16(aliasTargets[number] == nil ? 0 : 1))
      writer.append(UInt64(firstDimension))
      writer.append(UInt64(chunkRanges[number].lowerBound))
      writer.append(UInt64(chunkRanges[number].count))
      writer.append(UInt64(aliasTargets[number] ?? 0))
      writer.append(nonFinite[aliasTargets[number] ?? number])
      writer.append(sizes[number])
      names.append(contentsOf: tensor.name.utf8)
      firstDimension += tensor.shape.count
    }
    for tensor in tensors {
      for dimension in tensor.shape { writer.append(UInt64(dimension)) }
    }
  }

  mutating func writeChunks(_ chunks: [ChunkRecord]) {
    for chunk in chunks {
      writer.append(chunk.offset)
      writer.append(chunk.storedBytes)
      writer.append(chunk.logicalBytes)
      writer.append(chunk.storedChecksum)
      writer.append(chunk.logicalChecksum)
      writer.append(chunk.nonFiniteCount)
      writer.append(chunk.transform)
      writer.append(chunk.codec)
      writer.append(UInt16(0))
    }
  }

  mutating func writeNamed(
    _ documents: [(name: String, content: [UInt8])], _ blobs: [(name: String, content: [UInt8])]
  ) {
    var payloadOffset = 0
    for (name, content) in documents + blobs {
      writer.append(UInt64(names.count))
      writer.append(UInt32(name.utf8.count))
      writer.append(UInt32(0))
      writer.append(UInt64(payloadOffset))
      writer.append(UInt64(content.count))
      names.append(contentsOf: name.utf8)
      payloadOffset += content.count
    }
    writer.append(contentsOf: names)
    writer.align(to: 8)
    for (_, content) in documents + blobs { writer.append(contentsOf: content) }
    writer.align(to: 8)
  }

  mutating func writeDigests(_ digests: [UInt8]) {
    writer.append(contentsOf: digests)
  }

  consuming func finished() -> [UInt8] {
    precondition(writer.bytes.count == layout.lengthBytes)
    let view = ByteView(writer.bytes)
    var head = ByteWriter()
    head.append(contentsOf: IndexLayout.magic)
    head.append(UInt32(layout.sections.count))
    head.append(UInt32(0))
    head.append(UInt64(layout.lengthBytes))
    head.append(UInt32(0))
    var table = ByteWriter()
    for section in layout.sections {
      table.append(section.kind.rawValue)
      table.append(UInt32(SectionKind.required.contains(section.kind) ? 1 : 0))
      table.append(UInt64(section.range.lowerBound))
      table.append(UInt64(section.range.count))
      table.append(UInt64(section.count))
      table.append(UInt32(section.kind.recordBytes))
      table.append(view.checksum(section.range))
    }
    head.append(CRC32C.checksum(table.bytes, continuing: CRC32C.checksum(head.bytes)))
    return head.bytes + table.bytes + writer.bytes[(head.bytes.count + table.bytes.count)...]
  }
}
