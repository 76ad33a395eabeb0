/// Where the sections of an index lie, from their counts alone: the index's length is known before
/// any data is written.
package struct IndexLayout: Sendable {
  /// A section's place.
  package struct Section: Sendable, Hashable {
    package var kind: SectionKind
    package var range: Range<Int>
    package var count: Int
  }

  package static let magic: [UInt8] = Array("CKPTINDX".utf8)
  package static let headerBytes = 32
  package static let entryBytes = 40

  package let sections: [Section]
  package let lengthBytes: Int

  /// - Parameter counts: records per kind; kinds not named have none, digests only if named.
  package init(counts: [SectionKind: Int]) {
    let kinds = SectionKind.allCases.filter { $0 != .digests || counts[$0] != nil }
    var sections: [Section] = []
    var end = IndexLayout.headerBytes + IndexLayout.entryBytes * kinds.count
    for kind in kinds {
      let count = counts[kind] ?? 0
      let start = (end + 7) / 8 * 8
      end = start + count * kind.recordBytes
      sections.append(Section(kind: kind, range: start..<end, count: count))
    }
    self.sections = sections
    lengthBytes = (end + 7) / 8 * 8
  }
}
