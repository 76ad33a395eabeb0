/// The header and section table of an index, read and checked (`FORMAT.md` §4).
package struct SectionTable: Sendable {
  package private(set) var sections: [SectionKind: IndexLayout.Section] = [:]
  package private(set) var checksums: [SectionKind: UInt32] = [:]
  /// Sections of all kinds, unknown ones included: their ranges and checksums.
  package private(set) var extents: [(range: Range<Int>, checksum: UInt32)] = []

  /// - Parameters:
  ///   - view: the index or, to read the summary alone, a part of it from its start.
  ///   - isWhole: whether `view` is all of it; then the sections' checksums are checked too.
  ///   - offset: where the index stands in the file, for messages.
  package init(
    decoding view: ByteView, isWhole: Bool = true, indexLengthBytes: UInt64? = nil, offset: UInt64
  ) throws(FormatError) {
    let length = indexLengthBytes ?? UInt64(view.count)
    guard view.count >= IndexLayout.headerBytes,
      view.bytes.starts(with: IndexLayout.magic)
    else { throw FormatError(.indexMagic, "the index's magic is missing", offset: offset) }
    let count = view.u32(8)
    let tableEnd = IndexLayout.headerBytes + IndexLayout.entryBytes * Int(count)
    guard count >= UInt32(SectionKind.required.count), count <= FormatLimits.sections,
      tableEnd <= view.count
    else { throw FormatError(.sectionCount, "\(count) sections", offset: offset + 8) }
    guard view.u64(16) == length else {
      throw FormatError(
        .indexLength, "the index calls itself \(view.u64(16)) bytes long, not \(length)",
        offset: offset + 16)
    }
    guard
      view.checksum(
        IndexLayout.headerBytes..<tableEnd, continuing: view.checksum(0..<28)) == view.u32(28)
    else {
      throw FormatError(
        .sectionTableChecksum, "the section table's checksum is wrong", offset: offset + 28)
    }
    guard view.u32(12) == 0, view.u32(24) == 0 else {
      throw FormatError(.reserved, "reserved bytes of the index header are set", offset: offset)
    }

    var end = UInt64(tableEnd)
    var lastKind: UInt32 = 0
    for number in 0..<Int(count) {
      let at = IndexLayout.headerBytes + IndexLayout.entryBytes * number
      let here = offset + UInt64(at)
      let kind = view.u32(at)
      guard kind > lastKind else {
        throw FormatError(.sectionOrder, "section kind \(kind) after \(lastKind)", offset: here)
      }
      lastKind = kind
      let flags = view.u32(at + 4)
      guard flags & ~1 == 0 else {
        throw FormatError(.reserved, "reserved flags of section \(kind) are set", offset: here + 4)
      }
      let start = view.u64(at + 8)
      let bytes = view.u64(at + 16)
      guard start == (end + 7) / 8 * 8, bytes <= length, start + bytes <= length else {
        throw FormatError(
          .sectionBounds, "section \(kind) at \(start), length \(bytes)", offset: here + 8)
      }
      guard view.count < Int(start) || view.isZero(Int(end)..<Int(start)) else {
        throw FormatError(.reserved, "bytes between sections are set", offset: offset + end)
      }
      end = start + bytes
      let records = view.u64(at + 24)
      let recordBytes = UInt64(view.u32(at + 32))
      let product = records.multipliedReportingOverflow(by: recordBytes)
      guard !product.overflow, product.partialValue == bytes else {
        throw FormatError(
          .sectionLength, "section \(kind): \(records) records of \(recordBytes) bytes in \(bytes)",
          offset: here + 16)
      }
      let range = Int(start)..<Int(end)
      extents.append((range, view.u32(at + 36)))
      guard let known = SectionKind(rawValue: kind) else {
        guard flags & 1 == 0 else {
          throw FormatError(
            .unknownSection, "needs section kind \(kind), which this program lacks", offset: here)
        }
        continue
      }
      guard recordBytes == UInt64(known.recordBytes) else {
        throw FormatError(
          .sectionRecordSize, "section \(known): records of \(recordBytes) bytes", offset: here + 32
        )
      }
      guard records <= known.countLimit, known != .summary || records == 1 else {
        throw FormatError(
          .limit, "section \(known): \(records) records, at most \(known.countLimit)",
          offset: here + 24)
      }
      sections[known] = IndexLayout.Section(kind: known, range: range, count: Int(records))
      checksums[known] = view.u32(at + 36)
    }
    guard (end + 7) / 8 * 8 == length else {
      throw FormatError(.sectionBounds, "the index goes on after its last section", offset: offset)
    }
    for kind in SectionKind.required where sections[kind] == nil {
      throw FormatError(.missingSection, "there is no section \(kind)", offset: offset)
    }
    if isWhole {
      guard view.isZero(Int(end)..<view.count) else {
        throw FormatError(.reserved, "bytes after the last section are set", offset: offset + end)
      }
      for extent in extents { try check(extent, in: view, offset: offset) }
    }
  }

  /// Checks one section's checksum.
  package func check(
    _ extent: (range: Range<Int>, checksum: UInt32), in view: ByteView, offset: UInt64
  ) throws(FormatError) {
    guard extent.range.upperBound <= view.count, view.checksum(extent.range) == extent.checksum
    else {
      throw FormatError(
        .sectionChecksum, "a section's checksum is wrong",
        offset: offset + UInt64(extent.range.lowerBound))
    }
  }
}
