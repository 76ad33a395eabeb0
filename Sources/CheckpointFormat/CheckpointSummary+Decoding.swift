extension CheckpointSummary {
  /// Bytes that suffice for almost every file to read superblock, section table and summary at once.
  package static let prefixBytes = 8192

  /// Where sections 1 to 4 end, in the index: what `init(decoding:table:)` needs.
  package static func endOffset(in table: SectionTable) -> Int {
    table.sections[.summaryText]?.range.upperBound ?? 0
  }

  /// Reads sections 1 to 4 (`FORMAT.md` §4.1, §4.2). `view` holds at least these.
  package init(decoding view: ByteView, table: SectionTable) throws(FormatError) {
    func start(_ kind: SectionKind) -> Int { table.sections[kind]?.range.lowerBound ?? 0 }
    func count(_ kind: SectionKind) -> Int { table.sections[kind]?.count ?? 0 }
    guard view.count >= CheckpointSummary.endOffset(in: table) else {
      throw FormatError(.truncated, "the summary is cut off")
    }
    self.init()
    let at = start(.summary)
    let flags = view.u32(at + 32)
    guard flags & ~3 == 0, view.u32(at + 36) == 0, view.isZero(at + 96..<at + 128),
      flags & 1 != 0 || view.u64(at + 8) == 0, flags & 2 != 0 || view.u64(at + 16) == 0
    else { throw FormatError(.reserved, "reserved bits of the summary are set") }
    sequence = view.u64(at)
    step = flags & 1 == 0 ? nil : view.u64(at + 8)
    epoch = flags & 2 == 0 ? nil : view.u64(at + 16)
    wallTime = Timestamp(nanoseconds: Int64(bitPattern: view.u64(at + 24)))
    runID = UniqueID(
      high: view.u64(at + 80).byteSwapped, low: view.u64(at + 88).byteSwapped)
    logicalBytes = view.u64(at + 40)
    storedBytes = view.u64(at + 48)
    nonFiniteCount = view.u64(at + 72)
    guard view.u64(at + 56) == UInt64(count(.tensors)), view.u64(at + 64) == UInt64(count(.chunks))
    else { throw FormatError(.summaryMismatch, "the summary's counts are not the sections'") }
    tensorCount = count(.tensors)
    chunkCount = count(.chunks)

    let textRange = table.sections[.summaryText]?.range ?? 0..<0
    var textTotal: UInt64 = 0
    func text(_ at: Int) throws(FormatError) -> String {
      let offset = Int(view.u32(at))
      let length = Int(view.u32(at + 4))
      guard (1...FormatLimits.nameBytes).contains(length) else {
        throw FormatError(.nameLength, "a name in the summary has \(length) bytes")
      }
      guard offset + length <= textRange.count else {
        throw FormatError(.textBounds, "a name in the summary lies outside its section")
      }
      // Records may share text: without this a small file would become many long names.
      textTotal += UInt64(length)
      guard textTotal <= FormatLimits.summaryTextBytes else {
        throw FormatError(.limit, "the names in the summary have more than \(1 << 24) bytes")
      }
      let first = textRange.lowerBound + offset
      let bytes = view.bytes[first..<first + length]
      guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
        throw FormatError(.textEncoding, "a name in the summary is not text")
      }
      return text
    }
    var last: String?
    func checkOrder(_ name: String) throws(FormatError) {
      if let last, !last.precedesByBytes(name) {
        throw FormatError(.order, "the summary's names are not in order at \"\(name)\"")
      }
      last = name
    }
    for number in 0..<count(.metrics) {
      let at = start(.metrics) + number * 24
      let name = try text(at)
      try checkOrder(name)
      guard view.u32(at + 16) & ~1 == 0, view.u32(at + 20) == 0,
        view.u32(at + 16) == 0 || view.u64(at + 8) == 0
      else { throw FormatError(.reserved, "reserved bits of the metric \"\(name)\" are set") }
      guard metrics[name] == nil, !pendingMetrics.contains(name) else { throw sameCharacters(name) }
      if view.u32(at + 16) == 1 {
        pendingMetrics.insert(name)
      } else {
        metrics[name] = Double(bitPattern: view.u64(at + 8))
      }
    }
    last = nil
    for number in 0..<count(.tags) {
      let name = try text(start(.tags) + number * 8)
      try checkOrder(name)
      guard tags.insert(name).inserted else { throw sameCharacters(name) }
    }
  }
  private func sameCharacters(_ name: String) -> FormatError {
    FormatError(.order, "two names of the summary write the same characters: \"\(name)\"")
  }
}
