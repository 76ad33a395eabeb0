internal import CZlib
internal import Checkpoint

/// Writes a ZIP archive whose members are stored as they are. The same members give the same bytes:
/// all are of 1980-01-01. For one thread.
///
///     let zip = ZipWriter(output)
///     try zip.add("config.json", text)
///     try zip.begin("weights", sizeBytes: tensor.sizeBytes, alignment: 64)
///     try zip.append(tensor)
///     try zip.end()
///     try zip.finish()
///     try output.commit(replacing: false)
final class ZipWriter {
  /// Whether local headers have 64-bit sizes.
  enum Sizes {
    /// Where 32 bits don't suffice, or the size isn't known beforehand.
    case asNeeded
    /// In each, as `numpy.savez` writes them.
    case always64
  }

  /// What the directory will say of a member.
  struct Entry {
    let name: [UInt8]
    let offset: UInt64
    let has64: Bool
    var size: UInt64 = 0
    var crc: UInt32 = 0

    var flags: UInt16 { name.allSatisfy { $0 < 0x80 } ? 0 : ZipRecord.utf8Flag }
    var version: UInt16 { has64 || offset > ZipRecord.limit ? 45 : 20 }
  }

  private let output: ExchangeOutput
  private let sizes: Sizes
  private var entries: [Entry] = []
  private var names: Set<[UInt8]> = []
  private var current: Entry?

  init(_ output: ExchangeOutput, sizes: Sizes = .asNeeded) {
    self.output = output
    self.sizes = sizes
  }

  /// Adds a whole member.
  /// - Throws: as `begin` and `append`.
  func add(_ name: String, _ bytes: [UInt8], alignment: Int = 1) throws(CheckpointError) {
    try begin(name, sizeBytes: UInt64(bytes.count), alignment: alignment)
    try append(bytes)
    try end()
  }

  /// Begins a member, whose data `append` brings.
  /// - Parameters:
  ///   - sizeBytes: what will come, if it is known; `end` throws if it was another.
  ///   - alignment: the data begins at a multiple of it in the file; at most 4096.
  /// - Throws: `CheckpointError`: `invalidArgument` for a name that can't be or that there is already;
  ///   `noSpace`, `io`.
  func begin(
    _ name: String, sizeBytes: UInt64? = nil, alignment: Int = 1
  ) throws(CheckpointError) {
    precondition(current == nil && (1...4096).contains(alignment))
    let bytes = Array(name.utf8)
    guard !bytes.isEmpty, bytes.count <= 0xFFFF, !bytes.contains(0) else {
      throw CheckpointError(
        .invalidArgument, "no name that a ZIP archive can have", path: output.path, item: name)
    }
    guard names.insert(bytes).inserted else {
      throw CheckpointError(
        .invalidArgument, "the name is there twice", path: output.path, item: name)
    }
    let has64 = sizes == .always64 || sizeBytes.map { $0 > ZipRecord.limit } ?? true
    var extra = FieldWriter()
    if has64 { Self.append64([0, 0], to: &extra) }
    let offset = output.position
    let unpadded =
      offset + UInt64(ZipRecord.localHeaderBytes + bytes.count + extra.bytes.count)
    Self.pad(&extra, at: unpadded, to: alignment)
    let entry = Entry(name: bytes, offset: offset, has64: has64)
    var header = FieldWriter()
    header.append(ZipRecord.localHeader)
    header.append(entry.version)
    header.append(entry.flags)
    header.append(UInt16(0))
    header.append(UInt16(0))
    header.append(ZipRecord.date)
    // Checksum and sizes are written when they are known.
    header.append(UInt32(0))
    header.append(has64 ? UInt32.max : 0)
    header.append(has64 ? UInt32.max : 0)
    header.append(UInt16(bytes.count))
    header.append(UInt16(extra.bytes.count))
    header.append(bytes)
    header.append(extra.bytes)
    try output.append(header.bytes)
    current = entry
  }

  /// Appends bytes to the member.
  func append(_ bytes: [UInt8]) throws(CheckpointError) {
    unsafe bytes.withUnsafeBytes { unsafe observe($0) }
    try output.append(bytes)
  }

  /// Appends all of a tensor's bytes to the member.
  func append(_ tensor: StreamedTensor) throws(CheckpointError) {
    try unsafe output.append(tensor) { bytes in unsafe self.observe(bytes) }
  }

  private func observe(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    current?.size += UInt64(bytes.count)
    let crc = current?.crc ?? 0
    current?.crc = UInt32(
      truncatingIfNeeded: unsafe crc32_z(
        UInt(crc), start.assumingMemoryBound(to: UInt8.self), bytes.count))
  }

  /// Ends the member.
  /// - Throws: `CheckpointError`: `invalidArgument` if 32-bit sizes were chosen for a smaller size than
  ///   came; `noSpace`, `io`.
  func end() throws(CheckpointError) {
    guard let entry = current else { preconditionFailure("no member was begun") }
    guard entry.has64 || entry.size <= ZipRecord.limit else {
      throw CheckpointError(
        .invalidArgument, "the data is larger than was said", path: output.path,
        item: String(decoding: entry.name, as: UTF8.self))
    }
    var fields = FieldWriter()
    fields.append(entry.crc)
    if !entry.has64 {
      fields.append(UInt32(entry.size))
      fields.append(UInt32(entry.size))
    } else {
      var extra = FieldWriter()
      Self.append64([entry.size, entry.size], to: &extra)
      try output.write(
        extra.bytes, at: entry.offset + UInt64(ZipRecord.localHeaderBytes + entry.name.count))
    }
    try output.write(fields.bytes, at: entry.offset + 14)
    entries.append(entry)
    current = nil
  }

  /// Writes the directory. Then the output can be committed.
  func finish() throws(CheckpointError) {
    precondition(current == nil)
    let start = output.position
    // In pieces: a million members would be a large array.
    var directory = FieldWriter()
    for entry in entries {
      Self.append(entry, to: &directory)
      if directory.bytes.count >= 1 << 20 {
        try output.append(directory.bytes)
        directory = FieldWriter()
      }
    }
    try output.append(directory.bytes)
    try output.append(Self.end(start: start, end: output.position, count: UInt64(entries.count)))
  }

  static func append64(_ values: [UInt64], to extra: inout FieldWriter) {
    extra.append(ZipRecord.zip64Extra)
    extra.append(UInt16(8 * values.count))
    for value in values { extra.append(value) }
  }

  /// Fills up with an extra field, which takes 4 bytes at least.
  private static func pad(_ extra: inout FieldWriter, at offset: UInt64, to alignment: Int) {
    let alignment = UInt64(alignment)
    var missing = (alignment - offset % alignment) % alignment
    guard missing > 0 else { return }
    while missing < 4 { missing += alignment }
    extra.append(ZipRecord.paddingExtra)
    extra.append(UInt16(missing - 4))
    extra.append([UInt8](repeating: UInt8(ascii: "Z"), count: Int(missing - 4)))
  }
}
