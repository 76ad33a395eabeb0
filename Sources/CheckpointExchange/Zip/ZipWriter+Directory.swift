extension ZipWriter {
  /// A member's entry in the directory.
  static func append(_ entry: Entry, to directory: inout FieldWriter) {
    var large: [UInt64] = []
    let hasLargeSize = entry.size > ZipRecord.limit
    if hasLargeSize { large += [entry.size, entry.size] }
    if entry.offset > ZipRecord.limit { large.append(entry.offset) }
    var extra = FieldWriter()
    if !large.isEmpty { append64(large, to: &extra) }
    directory.append(ZipRecord.directoryEntry)
    // Made by: Unix.
    directory.append(entry.version | 3 << 8)
    directory.append(entry.version)
    directory.append(entry.flags)
    directory.append(UInt16(0))
    directory.append(UInt16(0))
    directory.append(ZipRecord.date)
    directory.append(entry.crc)
    directory.append(hasLargeSize ? UInt32.max : UInt32(entry.size))
    directory.append(hasLargeSize ? UInt32.max : UInt32(entry.size))
    directory.append(UInt16(entry.name.count))
    directory.append(UInt16(extra.bytes.count))
    // Comment, disk, internal attributes.
    directory.append([UInt8](repeating: 0, count: 6))
    // Mode 0600.
    directory.append(UInt32(0o600 << 16))
    directory.append(entry.offset > ZipRecord.limit ? UInt32.max : UInt32(entry.offset))
    directory.append(entry.name)
    directory.append(extra.bytes)
  }

  /// The records behind the directory.
  static func end(start: UInt64, end: UInt64, count: UInt64) -> [UInt8] {
    let size = end - start
    var fields = FieldWriter()
    if count > ZipRecord.countLimit || start > ZipRecord.limit || size > ZipRecord.limit {
      fields.append(ZipRecord.zip64End)
      fields.append(UInt64(ZipRecord.zip64EndBytes - 12))
      fields.append(UInt16(45))
      fields.append(UInt16(45))
      fields.append(UInt64(0))
      fields.append(count)
      fields.append(count)
      fields.append(size)
      fields.append(start)
      fields.append(ZipRecord.zip64Locator)
      fields.append(UInt32(0))
      fields.append(end)
      fields.append(UInt32(1))
    }
    fields.append(ZipRecord.endOfDirectory)
    fields.append(UInt32(0))
    fields.append(UInt16(min(count, 0xFFFF)))
    fields.append(UInt16(min(count, 0xFFFF)))
    fields.append(UInt32(min(size, 0xFFFF_FFFF)))
    fields.append(UInt32(min(start, 0xFFFF_FFFF)))
    fields.append(UInt16(0))
    return fields.bytes
  }
}
