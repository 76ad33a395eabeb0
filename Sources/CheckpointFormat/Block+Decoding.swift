extension Block {
  /// Decodes 4096 bytes that stand at `offset` of a file of `fileLengthBytes` bytes, and checks every
  /// rule of `FORMAT.md` §3. Salvage gives no length: it takes torn files too.
  package init(
    decoding bytes: [UInt8], as kind: Kind, at offset: UInt64, fileLengthBytes actual: UInt64?
  ) throws(FormatError) {
    guard bytes.count == Block.sizeBytes else {
      throw FormatError(
        .truncated, "the \(kind.name) is cut off", offset: offset, isCutOff: true)
    }
    guard bytes.starts(with: kind.magic) else {
      throw FormatError(.magic, "the \(kind.name)'s magic is missing", offset: offset)
    }
    let view = ByteView(bytes)
    guard view.u32(4092) == view.checksum(0..<4092) else {
      throw FormatError(.blockChecksum, "the \(kind.name)'s checksum is wrong", offset: offset)
    }
    guard view.u16(8) == Block.majorVersion else {
      throw FormatError(
        .version, "format version \(view.u16(8)).\(view.u16(10)); this program reads version 1",
        offset: offset + 8)
    }
    let unknown = view.u64(32) & ~Block.knownFeatures
    guard unknown == 0 else {
      throw FormatError(
        .features, "needs features this program lacks: incompatible bits \(Block.bitList(unknown))",
        offset: offset + 32)
    }
    let chunkSize = view.u32(12)
    guard Block.chunkSizes.contains(chunkSize), chunkSize.nonzeroBitCount == 1 else {
      throw FormatError(.chunkSize, "chunk size \(chunkSize)", offset: offset + 12)
    }
    self.init(
      chunkSizeBytes: chunkSize,
      fileID: UniqueID(high: view.u64(40).byteSwapped, low: view.u64(48).byteSwapped),
      created: Timestamp(nanoseconds: Int64(bitPattern: view.u64(56))))
    minorVersion = view.u16(10)
    compatibleFeatures = view.u64(16)
    readOnlyCompatibleFeatures = view.u64(24)
    incompatibleFeatures = view.u64(32)
    fileLengthBytes = view.u64(64)
    dataOffset = view.u64(72)
    tailOffset = view.u64(80)
    indexLengthBytes = view.u64(88)
    indexChecksum = view.u32(96)
    rootDigest = Array(bytes[128..<160])

    let actual = actual ?? fileLengthBytes
    guard fileLengthBytes <= actual, fileLengthBytes <= UInt64(Int64.max) else {
      throw FormatError(
        .truncated, "the file has \(actual) bytes of \(fileLengthBytes)", offset: actual)
    }
    guard fileLengthBytes == actual else {
      throw FormatError(
        .fileLength, "the file has \(actual) bytes; it ended at \(fileLengthBytes)",
        offset: fileLengthBytes)
    }
    guard view.isZero(100..<128), view.isZero(160..<4092),
      hasDigests || view.isZero(128..<160)
    else {
      throw FormatError(.reserved, "reserved bytes of the \(kind.name) are set", offset: offset)
    }
    try checkLayout(at: offset)
  }

  /// `FORMAT.md` §2. The length is below 2^63, and two indexes fit into it: nothing here overflows.
  private func checkLayout(at offset: UInt64) throws(FormatError) {
    let blockBytes = UInt64(2 * Block.sizeBytes)
    guard fileLengthBytes >= blockBytes, indexLengthBytes >= 32,
      indexLengthBytes.isMultiple(of: 8),
      indexLengthBytes <= (fileLengthBytes - blockBytes) / 2
    else {
      throw FormatError(.layout, "index length \(indexLengthBytes)", offset: offset + 88)
    }
    guard tailOffset < fileLengthBytes else {
      throw FormatError(.layout, "tail offset \(tailOffset)", offset: offset + 80)
    }
    var expected = self
    expected.place(indexLengthBytes: indexLengthBytes, dataEnd: tailOffset)
    guard expected.dataOffset == dataOffset else {
      throw FormatError(
        .layout, "data offset \(dataOffset), expected \(expected.dataOffset)", offset: offset + 72)
    }
    guard expected.tailOffset == tailOffset, expected.fileLengthBytes == fileLengthBytes else {
      throw FormatError(
        .layout, "tail offset \(tailOffset) does not fit the length \(fileLengthBytes)",
        offset: offset + 80)
    }
  }

  private static func bitList(_ mask: UInt64) -> String {
    (0..<64).filter { mask >> UInt64($0) & 1 == 1 }.map(String.init).joined(separator: ", ")
  }
}
