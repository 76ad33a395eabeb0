internal import CheckpointFormat

/// Puts one whole index together from two copies that are damaged in different sections
/// (`FORMAT.md` §4).
enum SectionMerge {
  /// Nil if some section is damaged in both. The result's own checksum is still to be checked.
  static func merge(_ head: [UInt8], _ tail: [UInt8]) -> [UInt8]? {
    guard head.count == tail.count else { return nil }
    let copies = [head, tail].map { ByteView($0) }
    // The partial reading checks header and table, not the sections.
    guard
      let (base, table) = copies.lazy.compactMap({ view in
        (try? SectionTable(
          decoding: view, isWhole: false, indexLengthBytes: UInt64(view.count), offset: 0)).map {
            (view, $0)
          }
      }).first
    else { return nil }
    // Between sections there are only zeros: header, table and sections are all there is.
    var merged = [UInt8](repeating: 0, count: base.count)
    let tableEnd = table.extents.first?.range.lowerBound ?? 0
    merged.replaceSubrange(0..<tableEnd, with: base.bytes[0..<tableEnd])
    for extent in table.extents {
      guard let sound = copies.first(where: { $0.checksum(extent.range) == extent.checksum })
      else { return nil }
      merged.replaceSubrange(extent.range, with: sound.bytes[extent.range])
    }
    return merged
  }
}
