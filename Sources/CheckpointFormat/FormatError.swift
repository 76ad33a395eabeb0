/// A rule of `FORMAT.md` that a file breaks. The raw values are the names in brackets there.
package enum FormatRule: String, Sendable, Hashable, CaseIterable {
  // §2, §3: the file and its blocks.
  case notAContainer, magic, blockChecksum, version, features, chunkSize, truncated, fileLength
  case layout, reserved, blockMismatch
  // §4: the index and its sections.
  case indexChecksum, indexMagic, sectionCount, indexLength, sectionTableChecksum, sectionOrder
  case unknownSection, sectionBounds, sectionLength, sectionRecordSize, sectionChecksum
  case missingSection, limit
  // §4.1 to §4.5: records.
  case summaryMismatch, textBounds, order, nameLength, textEncoding, dtype, rank, dimensionBounds
  case tensorSize, alias, chunkPartition, chunkExtent, rawChecksum, storedLength, payloadBounds
  case nonFiniteMismatch
  // §6: chunks.
  case transform, codec, storedChecksum, logicalChecksum, planeTable, decode
  // §7, §8: full verification.
  case indexMismatch, padding, document, digest, rootDigest
}

/// A file that breaks a rule: which, how, and where.
package struct FormatError: Error, Sendable, Hashable {
  package var rule: FormatRule
  /// What was found and what was expected, in one line.
  package var detail: String
  /// Where in the file, in bytes from its start, if that is known.
  package var offset: UInt64?
  /// Whether it is a block or a copy of the index that the file doesn't hold to its end, rather than
  /// a whole one that says that the file is too short. Only with rule `truncated`.
  package var isCutOff: Bool

  package init(
    _ rule: FormatRule, _ detail: String, offset: UInt64? = nil, isCutOff: Bool = false
  ) {
    self.rule = rule
    self.detail = detail
    self.offset = offset
    self.isCutOff = isCutOff
  }
}
