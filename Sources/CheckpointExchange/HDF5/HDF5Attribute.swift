internal import Checkpoint

/// A name and a value beside a dataset.
enum HDF5Attribute {
  /// Longer ones are not what is looked for.
  private static let textLimit: UInt64 = 64

  /// The text of the attribute of that name; nil if there is none, or if it is no short text.
  /// - Throws: `CheckpointError`: `corrupt`, `truncated`, `io`.
  static func text(
    _ name: String, of header: HDF5ObjectHeader, _ metadata: inout HDF5Metadata
  ) throws(CheckpointError) -> String? {
    for message in header.messages
    where message.type == HDF5Format.Message.attribute && !message.isShared {
      var fields = FieldReader(message.bytes, origin: message.offset, path: metadata.source.path)
      let version: UInt8 = try fields.integer()
      guard (1...3).contains(version) else { continue }
      // From version 2 on flags: 1 and 2 say that the descriptions are elsewhere.
      guard try fields.integer(UInt8.self) == 0 || version == 1 else { continue }
      let nameBytes = Int(try fields.integer(UInt16.self))
      let typeBytes = Int(try fields.integer(UInt16.self))
      let spaceBytes = Int(try fields.integer(UInt16.self))
      if version == 3 { try fields.skip(1) }
      func padded(_ count: Int) -> Int { version == 1 ? (count + 7) / 8 * 8 : count }
      let ownName = try fields.bytes(padded(nameBytes)).prefix(nameBytes).prefix { $0 != 0 }
      let typeOffset = fields.byteOffset
      let type = Array(try fields.bytes(padded(typeBytes)))
      try fields.skip(padded(spaceBytes))
      guard ownName.elementsEqual(name.utf8) else { continue }
      var typeFields = FieldReader(type, origin: typeOffset, path: metadata.source.path)
      return try value(try HDF5Datatype(&typeFields), &fields, &metadata)
    }
    return nil
  }

  private static func value(
    _ type: HDF5Datatype, _ fields: inout FieldReader, _ metadata: inout HDF5Metadata
  ) throws(CheckpointError) -> String? {
    switch type {
    case .fixedText(let sizeBytes):
      guard UInt64(sizeBytes) <= textLimit else { return nil }
      let bytes = try fields.bytes(Int(sizeBytes))
      return String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
    case .variableText:
      let count: UInt32 = try fields.integer()
      let offset: UInt64 = try fields.integer()
      let number: UInt32 = try fields.integer()
      guard UInt64(count) <= textLimit else { return nil }
      let bytes = try metadata.object(number, inGlobalHeapAt: offset)
      return String(validating: bytes.prefix(Int(count)), as: UTF8.self)
    case .element, .opaque, .other: return nil
    }
  }
}
