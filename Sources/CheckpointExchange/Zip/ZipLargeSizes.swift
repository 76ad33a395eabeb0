internal import Checkpoint

/// The numbers of a ZIP64 extra field, which stand there in the order of those that don't fit.
struct ZipLargeSizes {
  private var fields: FieldReader?

  init(_ fields: FieldReader?) {
    self.fields = fields
  }

  /// The number, here if 32 bits have held it, otherwise the next one of the field.
  /// - Throws: `CheckpointError` with code `truncated` if the field has no more; without one the
  ///   number is what it is.
  mutating func value(_ small: UInt32) throws(CheckpointError) -> UInt64 {
    guard small == .max, fields != nil else { return UInt64(small) }
    return try fields?.integer() ?? 0
  }
}

extension FieldReader {
  /// The ZIP64 field among a member's extra fields, if it has one. What can't be taken apart to its
  /// end is padding, as some writers leave it.
  static func zip64(
    _ extra: [UInt8], origin: UInt64, path: FilePath
  ) throws(CheckpointError) -> FieldReader? {
    var fields = FieldReader(extra, origin: origin, path: path)
    while fields.remaining >= 4 {
      let id: UInt16 = try fields.integer()
      let count: UInt16 = try fields.integer()
      guard Int(count) <= fields.remaining else { return nil }
      let start = fields.byteOffset
      let bytes = try fields.bytes(Int(count))
      if id == ZipRecord.zip64Extra {
        return FieldReader(Array(bytes), origin: start, path: path)
      }
    }
    return nil
  }
}
