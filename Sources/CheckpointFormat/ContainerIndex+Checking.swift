extension ContainerIndex {
  /// Checks every rule of `FORMAT.md` §4.3 to §4.5 in one pass over the records. After it all
  /// accessors are safe to call, whatever the file holds.
  func check(block: Block) throws(FormatError) {
    try checkNamesSection()
    let nonFinite = try checkTensors()
    let storedBytes = try checkChunks(block: block)
    try checkNamed(.documents)
    try checkNamed(.blobs)
    try checkSums()
    guard storedBytes == summary.storedBytes, nonFinite == summary.nonFiniteCount else {
      throw FormatError(.summaryMismatch, "the summary's sums are not the records'")
    }
    guard count(.digests) == (has(.digests) ? chunkCount : 0) else {
      throw FormatError(.limit, "\(count(.digests)) digests for \(chunkCount) chunks")
    }
  }

  /// The section is checked as a whole, once: then every name that begins and ends at a character
  /// boundary is text.
  private func checkNamesSection() throws(FormatError) {
    if view.isPlainText(range(.names)) { return }
    let bytes = view.bytes[range(.names)]
    guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
      throw FormatError(.textEncoding, "the section of names is not UTF-8 text")
    }
  }

  /// - Returns: where the name stands in `view`.
  private func checkedName(
    at: Int, after last: Range<Int>?, what: String, number: Int
  ) throws(FormatError) -> Range<Int> {
    let start = view.u64(at)
    let length = view.u32(at + 8)
    guard length >= 1, length <= UInt32(FormatLimits.nameBytes) else {
      throw FormatError(.nameLength, "\(what) number \(number): name of \(length) bytes")
    }
    let (end, overflow) = start.addingReportingOverflow(UInt64(length))
    guard !overflow, end <= UInt64(range(.names).count) else {
      throw FormatError(.textBounds, "\(what) number \(number): name outside its section")
    }
    let base = range(.names).lowerBound
    let name = base + Int(start)..<base + Int(end)
    func isBoundary(_ offset: Int) -> Bool {
      offset == range(.names).upperBound || view.u8(offset) & 0xC0 != 0x80
    }
    guard isBoundary(name.lowerBound), isBoundary(name.upperBound) else {
      throw FormatError(.textEncoding, "\(what) number \(number): name cuts a character")
    }
    if let last, !view.precedes(last, name) {
      throw FormatError(.order, "\(what)s are not in the order of their names at number \(number)")
    }
    return name
  }

  /// - Returns: the non-finite values of all tensors.
  private func checkTensors() throws(FormatError) -> UInt64 {
    var owned = BitSet(count: chunkCount)
    var ownedCount = 0
    var last: Range<Int>?
    var logicalBytes: UInt64 = 0
    var nonFinite: UInt64 = 0
    for number in 0..<tensorCount {
      let at = range(.tensors).lowerBound + number * TensorRecord.sizeBytes
      last = try checkedName(at: at, after: last, what: "tensor", number: number)
      guard let dtype = DType(rawValue: view.u8(at + 12)) else {
        throw FormatError(.dtype, "tensor number \(number): unknown dtype \(view.u8(at + 12))")
      }
      guard UInt64(view.u8(at + 13)) <= FormatLimits.rank else {
        throw FormatError(.rank, "tensor number \(number): rank \(view.u8(at + 13))")
      }
      guard view.u16(at + 14) & ~1 == 0 else {
        throw FormatError(.reserved, "tensor number \(number): reserved flags are set")
      }
      let size = try checkedSize(at: at, dtype: dtype, number: number)
      let firstChunk = view.u64(at + 24)
      let chunkCount = view.u64(at + 32)
      if view.u16(at + 14) & 1 == 1 {
        try checkAlias(at: at, number: number)
      } else {
        guard view.u64(at + 40) == 0 else {
          throw FormatError(.alias, "tensor number \(number): no alias, and yet a target")
        }
        let (total, overflow) = logicalBytes.addingReportingOverflow(size)
        guard !overflow else { throw FormatError(.tensorSize, "the sizes' sum overflows") }
        logicalBytes = total
        let chunkSize = UInt64(chunkSizeBytes)
        let expected = size / chunkSize + (size % chunkSize == 0 ? 0 : 1)
        guard chunkCount == expected, firstChunk <= UInt64(self.chunkCount),
          chunkCount <= UInt64(self.chunkCount) - firstChunk, chunkCount > 0 || firstChunk == 0
        else {
          throw FormatError(
            .chunkPartition,
            "tensor number \(number): \(chunkCount) chunks from \(firstChunk), expected \(expected)"
          )
        }
        var count: UInt64 = 0
        for chunk in Int(firstChunk)..<Int(firstChunk + chunkCount) {
          let record = self.chunk(chunk)
          let isLast = chunk == Int(firstChunk + chunkCount) - 1
          let wanted = isLast ? size - (chunkCount - 1) * chunkSize : chunkSize
          guard UInt64(record.logicalBytes) == wanted, owned.insert(chunk) else {
            throw FormatError(
              .chunkPartition, "tensor number \(number): chunk \(chunk) does not fit")
          }
          count += UInt64(record.nonFiniteCount)
        }
        ownedCount += Int(chunkCount)
        guard view.u64(at + 48) == count else {
          throw FormatError(
            .nonFiniteMismatch,
            "tensor number \(number): \(view.u64(at + 48)) non-finite values, its chunks have \(count)"
          )
        }
        nonFinite += count
      }
    }
    guard ownedCount == self.chunkCount else {
      throw FormatError(.chunkPartition, "some chunks belong to no tensor")
    }
    guard logicalBytes == summary.logicalBytes else {
      throw FormatError(.summaryMismatch, "the summary's logical bytes are not the tensors' sum")
    }
    return nonFinite
  }

  private func checkedSize(at: Int, dtype: DType, number: Int) throws(FormatError) -> UInt64 {
    let rank = UInt64(view.u8(at + 13))
    let first = view.u64(at + 16)
    let (end, overflow) = first.addingReportingOverflow(rank)
    guard !overflow, end <= UInt64(count(.dimensions)) else {
      throw FormatError(
        .dimensionBounds, "tensor number \(number): dimensions outside their section")
    }
    var elements: UInt64 = 1
    for dimension in Int(first)..<Int(end) {
      let value = view.u64(range(.dimensions).lowerBound + 8 * dimension)
      let product = elements.multipliedReportingOverflow(by: value)
      guard !product.overflow, value <= UInt64(Int.max) else {
        throw FormatError(.tensorSize, "tensor number \(number): the shape's product overflows")
      }
      elements = product.partialValue
    }
    guard let size = dtype.sizeBytes(elements: elements), size == view.u64(at + 56),
      size <= UInt64(Int.max)
    else {
      throw FormatError(
        .tensorSize,
        "tensor number \(number): \(elements) elements of \(dtype) in \(view.u64(at + 56)) bytes")
    }
    return size
  }

  /// Range checks only on the target's record: its own turn checks the rest.
  private func checkAlias(at: Int, number: Int) throws(FormatError) {
    let target = view.u64(at + 40)
    guard target < UInt64(tensorCount), view.u64(at + 24) == 0, view.u64(at + 32) == 0 else {
      throw FormatError(.alias, "tensor number \(number): alias of number \(target)")
    }
    let to = range(.tensors).lowerBound + Int(target) * TensorRecord.sizeBytes
    func dimensions(_ record: Int) -> ArraySlice<UInt8>? {
      let first = view.u64(record + 16)
      let (end, overflow) = first.addingReportingOverflow(UInt64(view.u8(record + 13)))
      guard !overflow, end <= UInt64(count(.dimensions)) else { return nil }
      let base = range(.dimensions).lowerBound
      return view.bytes[base + Int(first) * 8..<base + Int(end) * 8]
    }
    guard view.u16(to + 14) & 1 == 0, view.u8(to + 12) == view.u8(at + 12),
      let own = dimensions(at), let theirs = dimensions(to), own.elementsEqual(theirs),
      view.u64(to + 48) == view.u64(at + 48)
    else {
      throw FormatError(
        .alias, "tensor number \(number) differs from number \(target), whose alias it is")
    }
  }

  /// - Returns: the stored bytes of all chunks.
  private func checkChunks(block: Block) throws(FormatError) -> UInt64 {
    var end = block.dataOffset
    var stored: UInt64 = 0
    for number in 0..<chunkCount {
      let at = range(.chunks).lowerBound + number * ChunkRecord.sizeBytes
      let chunk = self.chunk(number)
      guard view.u16(at + 30) == 0 else {
        throw FormatError(.reserved, "chunk \(number): reserved bytes are set")
      }
      guard chunk.storedBytes >= 1, chunk.storedBytes <= chunk.logicalBytes else {
        throw FormatError(
          .storedLength,
          "chunk \(number): \(chunk.storedBytes) bytes stored for \(chunk.logicalBytes)")
      }
      guard let transform = ChunkTransform(rawValue: chunk.transform) else {
        throw FormatError(.transform, "chunk \(number): unknown transform \(chunk.transform)")
      }
      guard let codec = ChunkCodec(rawValue: chunk.codec), transform == .none || codec == .raw
      else {
        throw FormatError(.codec, "chunk \(number): unknown codec \(chunk.codec)")
      }
      if transform == .none, codec == .raw {
        guard chunk.storedBytes == chunk.logicalBytes else {
          throw FormatError(.storedLength, "chunk \(number): raw, and yet of two lengths")
        }
        guard chunk.storedChecksum == chunk.logicalChecksum else {
          throw FormatError(.rawChecksum, "chunk \(number): raw, and yet with two checksums")
        }
      }
      guard chunk.offset.isMultiple(of: ChunkRecord.alignment), chunk.offset >= end,
        chunk.offset - end < UInt64(Block.sizeBytes), chunk.offset <= block.tailOffset,
        chunk.end <= block.tailOffset
      else {
        throw FormatError(
          .chunkExtent, "chunk \(number) of \(chunk.storedBytes) bytes at \(chunk.offset)",
          offset: chunk.offset)
      }
      end = chunk.end
      stored += UInt64(chunk.storedBytes)
    }
    guard block.tailOffset - end < UInt64(Block.sizeBytes) else {
      throw FormatError(.chunkExtent, "a gap before the tail of the index", offset: end)
    }
    return stored
  }

  /// Records don't share what they refer to: a small file would become many large documents, long
  /// names or shapes. With every record within its section, no sum overflows here.
  private func checkSums() throws(FormatError) {
    var names = 0
    var ranks = 0
    for number in 0..<tensorCount {
      let at = range(.tensors).lowerBound + number * TensorRecord.sizeBytes
      names += Int(view.u32(at + 8))
      ranks += Int(view.u8(at + 13))
    }
    var payload = 0
    for kind in [.documents, .blobs] as [SectionKind] {
      for number in 0..<count(kind) {
        let ranges = namedRanges(kind, number)
        names += ranges.name.count
        payload += ranges.content.count
      }
    }
    guard names <= range(.names).count else {
      throw FormatError(.textBounds, "names of \(names) bytes in \(range(.names).count)")
    }
    guard ranks <= count(.dimensions) else {
      throw FormatError(.dimensionBounds, "\(ranks) dimensions in \(count(.dimensions))")
    }
    guard payload <= range(.payload).count else {
      throw FormatError(
        .payloadBounds, "documents and blobs of \(payload) bytes in \(range(.payload).count)")
    }
  }

  private func checkNamed(_ kind: SectionKind) throws(FormatError) {
    var last: Range<Int>?
    for number in 0..<count(kind) {
      let at = range(kind).lowerBound + number * kind.recordBytes
      last = try checkedName(at: at, after: last, what: "\(kind) entry", number: number)
      let (end, overflow) = view.u64(at + 16).addingReportingOverflow(view.u64(at + 24))
      guard !overflow, end <= UInt64(range(.payload).count) else {
        throw FormatError(.payloadBounds, "\(kind) entry \(number): content outside the payload")
      }
      guard view.u32(at + 12) == 0 else {
        throw FormatError(.reserved, "\(kind) entry \(number): reserved bytes are set")
      }
    }
  }
}

/// Which of a number of things have been seen.
private struct BitSet {
  private var words: [UInt64]

  init(count: Int) {
    words = Array(repeating: 0, count: (count + 63) / 64)
  }

  /// Whether it was not there before.
  mutating func insert(_ member: Int) -> Bool {
    let bit: UInt64 = 1 << UInt64(member % 64)
    defer { words[member / 64] |= bit }
    return words[member / 64] & bit == 0
  }
}
