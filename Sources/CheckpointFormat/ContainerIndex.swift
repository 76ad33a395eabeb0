/// An index that has been read and checked. Records are decoded when asked for, from one array of
/// bytes: a million tensors open without a million objects, and one is found by binary search. A class, so that
/// passing it on costs nothing.
package final class ContainerIndex: Sendable {
  package let view: ByteView
  /// Where each section lies in `view`, by its kind's raw value; nil for those that aren't there. No dictionary:
  /// every record's decoding looks here.
  private let sections: [IndexLayout.Section?]
  package let chunkSizeBytes: Int
  /// Read first, as it is what most want.
  package let summary: CheckpointSummary

  /// Reads one copy of the index and checks every rule of `FORMAT.md` §4. Linear in the index's
  /// length; allocates one bit per chunk besides.
  /// - Parameter offset: where the copy stands in the file, for messages.
  package init(decoding bytes: [UInt8], block: Block, at offset: UInt64) throws(FormatError) {
    let view = ByteView(bytes)
    guard bytes.count == Int(block.indexLengthBytes) else {
      throw FormatError(.truncated, "the index is cut off", offset: offset, isCutOff: true)
    }
    guard view.checksum(0..<bytes.count) == block.indexChecksum else {
      throw FormatError(.indexChecksum, "the index's checksum is wrong", offset: offset)
    }
    let table = try SectionTable(decoding: view, offset: offset)
    let summary = try CheckpointSummary(decoding: view, table: table)
    guard (table.sections[.digests] != nil) == block.hasDigests else {
      throw FormatError(.missingSection, "digests announced and not there, or there unannounced")
    }
    self.view = view
    sections = (0...SectionKind.largestRawValue).map { number in
      SectionKind(rawValue: number).flatMap { table.sections[$0] }
    }
    self.chunkSizeBytes = Int(block.chunkSizeBytes)
    self.summary = summary
    try check(block: block)
  }

  package func has(_ kind: SectionKind) -> Bool { sections[Int(kind.rawValue)] != nil }
  package func range(_ kind: SectionKind) -> Range<Int> {
    sections[Int(kind.rawValue)]?.range ?? 0..<0
  }
  package func count(_ kind: SectionKind) -> Int { sections[Int(kind.rawValue)]?.count ?? 0 }

  private func recordOffset(_ kind: SectionKind, _ number: Int) -> Int {
    precondition(number >= 0 && number < count(kind))
    return range(kind).lowerBound + number * kind.recordBytes
  }

  // MARK: Tensors

  package var tensorCount: Int { count(.tensors) }

  /// The record of the tensor with that number, in the order of names.
  package func tensor(_ number: Int) -> TensorRecord {
    let at = recordOffset(.tensors, number)
    let nameStart = Int(view.u64(at))
    let firstChunk = Int(view.u64(at + 24))
    return TensorRecord(
      dtype: DType(rawValue: view.u8(at + 12)) ?? .u8,
      rank: Int(view.u8(at + 13)),
      nameRange: nameStart..<nameStart + Int(view.u32(at + 8)),
      firstDimension: Int(view.u64(at + 16)),
      chunks: firstChunk..<firstChunk + Int(view.u64(at + 32)),
      aliasTarget: view.u16(at + 14) & 1 == 1 ? Int(view.u64(at + 40)) : nil,
      nonFiniteCount: view.u64(at + 48),
      logicalBytes: view.u64(at + 56))
  }

  /// The tensor's name.
  package func tensorName(_ number: Int) -> String { name(in: tensor(number).nameRange) }

  /// The tensor's shape.
  package func shape(of record: TensorRecord) -> [Int] {
    (0..<record.rank).map {
      Int(view.u64(recordOffset(.dimensions, record.firstDimension + $0)))
    }
  }

  /// The number of the tensor with that name, or nil.
  package func tensorNumber(named name: String) -> Int? {
    search(count: tensorCount, for: name) { nameBytes(in: tensor($0).nameRange) }
  }

  /// Binary search over the names' bytes.
  private func search(
    count: Int, for name: String, in nameAt: (Int) -> ArraySlice<UInt8>
  ) -> Int? {
    let wanted = Array(name.utf8)
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      let found = nameAt(middle)
      if found.elementsEqual(wanted) { return middle }
      if found.lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  // MARK: Chunks

  package var chunkCount: Int { count(.chunks) }

  /// The record of the chunk with that number, in file order.
  package func chunk(_ number: Int) -> ChunkRecord {
    let at = recordOffset(.chunks, number)
    return ChunkRecord(
      offset: view.u64(at), storedBytes: view.u32(at + 8), logicalBytes: view.u32(at + 12),
      storedChecksum: view.u32(at + 16), logicalChecksum: view.u32(at + 20),
      nonFiniteCount: view.u32(at + 24), transform: view.u8(at + 28), codec: view.u8(at + 29))
  }

  /// The SHA-256 of the chunk's decoded bytes, where the file has digests.
  package func digest(ofChunk number: Int) -> [UInt8]? {
    guard has(.digests) else { return nil }
    let at = recordOffset(.digests, number)
    return Array(view.bytes[at..<at + 32])
  }

  // MARK: Documents and blobs

  /// The names of the documents or blobs, sorted.
  package func names(_ kind: SectionKind) -> [String] {
    (0..<count(kind)).map { name(in: namedRanges(kind, $0).name) }
  }

  /// The bytes of the document or blob with that name, or nil.
  package func content(_ kind: SectionKind, named wanted: String) -> [UInt8]? {
    search(count: count(kind), for: wanted) { nameBytes(in: namedRanges(kind, $0).name) }
      .map { content(kind, at: $0) }
  }

  func namedRanges(_ kind: SectionKind, _ number: Int) -> (name: Range<Int>, content: Range<Int>) {
    let at = recordOffset(kind, number)
    let nameStart = Int(view.u64(at))
    let start = Int(view.u64(at + 16))
    return (nameStart..<nameStart + Int(view.u32(at + 8)), start..<start + Int(view.u64(at + 24)))
  }

  func nameBytes(in range: Range<Int>) -> ArraySlice<UInt8> {
    let base = self.range(.names).lowerBound
    return view.bytes[base + range.lowerBound..<base + range.upperBound]
  }

  private func name(in range: Range<Int>) -> String {
    String(decoding: nameBytes(in: range), as: UTF8.self)
  }
}
