/// Documents and blobs by their position, without a search.
extension ContainerIndex {
  /// The name of the document or blob at that position in `names(_:)`.
  package func contentName(_ kind: SectionKind, at position: Int) -> String {
    String(decoding: nameBytes(in: namedRanges(kind, position).name), as: UTF8.self)
  }

  /// The bytes of the document or blob at that position in `names(_:)`.
  package func content(_ kind: SectionKind, at position: Int) -> [UInt8] {
    let content = namedRanges(kind, position).content
    let base = range(.payload).lowerBound
    return Array(view.bytes[base + content.lowerBound..<base + content.upperBound])
  }

  /// How many bytes it has.
  package func contentSizeBytes(_ kind: SectionKind, at position: Int) -> Int {
    namedRanges(kind, position).content.count
  }
}
