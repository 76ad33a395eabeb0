import Checkpoint
import CheckpointIO
import SystemPackage
import Testing

@testable import CheckpointExchange

/// Archives of one or two members in which single fields lie.
@Suite struct ZipLiesTests {
  let folder = MemoryFolder()

  /// Offsets of fields in a directory entry.
  enum Field {
    static let flags = 8
    static let method = 10
    static let crc = 16
    static let packedSize = 20
    static let size = 24
    static let disk = 34
    static let offset = 42
  }

  /// Sizes that the packed bytes can't make are refused before anything is allocated for them.
  @Test func aBombIsRefusedByItsRatio() throws {
    // 10 packed bytes, 10320 unpacked ones: just possible, and not true.
    for (size, code) in [
      (10 * 1032, CheckpointError.Code.corrupt), (10 * 1032 + 1032, .corrupt),
      (1 << 31, .corrupt),
    ] {
      let bytes = deflated([0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0], size: UInt32(size), crc: 0)
      let error = #expect(throws: CheckpointError.self) { try readAll(bytes) }
      #expect(error?.code == code)
    }
    #expect(throws: Never.self) {
      try ZipReader(try folder.file(deflated([3, 0, 0, 0, 0, 0, 0, 0, 0, 0], size: 10320, crc: 0)))
    }
    #expect(throws: CheckpointError.self) {
      try ZipReader(try folder.file(deflated([3, 0, 0, 0, 0, 0, 0, 0, 0, 0], size: 11352, crc: 0)))
    }
  }

  @Test func aDeflatedMemberHasExactlyTheSizeThatIsSaid() throws {
    // "abc" as a stored block of deflate.
    let packed: [UInt8] = [1, 3, 0, 0xFC, 0xFF, 0x61, 0x62, 0x63]
    let crc: UInt32 = 0x3524_41C2
    #expect(try readAll(deflated(packed, size: 3, crc: crc)) == [[0x61, 0x62, 0x63]])
    for size: UInt32 in [0, 2, 4, 1000] {
      #expect(throws: CheckpointError.self) { try readAll(deflated(packed, size: size, crc: crc)) }
    }
    // With the checksum of what was promised, too.
    #expect(throws: CheckpointError.self) {
      try readAll(deflated(packed, size: 2, crc: 0x9E83_486D))
    }
    // Bytes behind the packed data.
    #expect(throws: CheckpointError.self) { try readAll(deflated(packed + [0], size: 3, crc: crc)) }
    // Cut off.
    #expect(throws: CheckpointError.self) {
      try readAll(deflated(Array(packed.dropLast()), size: 3, crc: crc))
    }
    let error = #expect(throws: CheckpointError.self) {
      try readAll(deflated(packed, size: 3, crc: crc ^ 1))
    }
    #expect(error?.code == .checksumMismatch)
  }

  @Test func membersThatShareBytesAreRefused() throws {
    let first = try archive([("a", [1, 2, 3]), ("b", [4, 5, 6])])
    let entries = directoryOffset(first)
    // The second entry points at the first member, and has its name too, or else the headers differ.
    let second = entries + 46 + 1
    var bytes = patched(first, second + Field.offset, [0, 0, 0, 0])
    bytes[second + 46] = UInt8(ascii: "a")
    bytes.replaceSubrange(
      second + Field.crc..<second + Field.crc + 4,
      with: first[entries + Field.crc..<entries + Field.crc + 4])
    #expect(throws: CheckpointError.self) { try readAll(bytes) }
    // A member within another's data: its header is a copy, and its data are shared.
    let inner = try archive([("b", [4])])
    let header = Array(inner[..<directoryOffset(inner)])
    let outer = try archive([("a", header), ("b", [4])])
    let innerOffset = UInt8(30 + 1)
    let place = directoryOffset(outer) + 46 + 1 + Field.offset
    let error = #expect(throws: CheckpointError.self) {
      try readAll(patched(outer, place, [innerOffset, 0, 0, 0]))
    }
    #expect(error?.message == "the member overlaps another")
  }

  @Test func aFieldThatLiesIsFound() throws {
    let bytes = try archive([("a", [1, 2, 3])])
    let entry = directoryOffset(bytes)
    for (offset, value, code) in [
      (Field.flags, [1, 0] as [UInt8], CheckpointError.Code.unsupportedVersion),
      (Field.flags, [0, 0x20], .unsupportedVersion),
      (Field.method, [99, 0], .unsupportedVersion),
      (Field.method, [8, 0], .corrupt),
      (Field.crc, [0, 0, 0, 0], .corrupt),
      (Field.packedSize, [2, 0, 0, 0], .corrupt),
      (Field.size, [0xFF, 0xFF, 0xFF, 0x7F], .corrupt),
      (Field.size, [0xFF, 0xFF, 0xFF, 0xFF], .corrupt),
      (Field.disk, [1, 0], .unsupportedVersion),
      (Field.offset, [0xFF, 0xFF, 0xFF, 0x7F], .corrupt),
      (Field.offset, [1, 0, 0, 0], .corrupt),
    ] {
      let error = #expect(throws: CheckpointError.self) {
        try readAll(patched(bytes, entry + offset, value))
      }
      #expect(error?.code == code, "\(offset) \(value)")
    }
    // The end: on another disk, more members than there are, a directory elsewhere.
    let end = bytes.count - 22
    for (offset, value) in [
      (4, [1, 0] as [UInt8]), (8, [2, 0, 2, 0]), (8, [0xFF, 0xFF, 0xFF, 0xFF]), (8, [0, 0, 0, 0]),
      (12, [0xFF, 0xFF, 0xFF, 0xFF]), (16, [0xFF, 0xFF, 0xFF, 0xFF]), (20, [1, 0]),
    ] {
      #expect(throws: CheckpointError.self) { try readAll(patched(bytes, end + offset, value)) }
    }
  }

  /// What a parser makes of a text takes many times its memory.
  @Test func aTextIsNotMuchLargerThanItsArchive() throws {
    for (size, code) in [
      (3_000_000, CheckpointError.Code.limitExceeded), (1_000_000, .corrupt),
    ] {
      let zip = try ZipReader(
        try folder.file(deflated([UInt8](repeating: 7, count: 3000), size: UInt32(size), crc: 0)))
      let error = #expect(throws: CheckpointError.self) {
        try zip.text(of: zip.members[0], limit: .max)
      }
      #expect(error?.code == code)
    }
  }

  // MARK: Archives

  private func archive(_ members: [(String, [UInt8])]) throws -> [UInt8] {
    let output = try ExchangeOutput("/archive", in: folder.disk)
    let zip = ZipWriter(output)
    for (name, bytes) in members { try zip.add(name, bytes) }
    try zip.finish()
    try output.commit(replacing: true)
    return try folder.bytes("archive")
  }

  private func directoryOffset(_ archive: [UInt8]) -> Int {
    let end = archive.count - 22
    return (0..<4).reduce(0) { $0 | Int(archive[end + 16 + $1]) << (8 * $1) }
  }

  /// An archive of one member "a" that claims to be deflated.
  private func deflated(_ packed: [UInt8], size: UInt32, crc: UInt32) -> [UInt8] {
    func common(_ fields: inout FieldWriter) {
      for value: UInt16 in [20, 0, 8, 0, 0x21] { fields.append(value) }
      for value: UInt32 in [crc, UInt32(packed.count), size] { fields.append(value) }
      fields.append(UInt16(1))
      fields.append(UInt16(0))
    }
    var fields = FieldWriter()
    fields.append(ZipRecord.localHeader)
    common(&fields)
    fields.append("a".utf8)
    fields.append(packed)
    let start = fields.bytes.count
    fields.append(ZipRecord.directoryEntry)
    fields.append(UInt16(20))
    common(&fields)
    fields.append([UInt8](repeating: 0, count: 14))
    fields.append("a".utf8)
    let size = fields.bytes.count - start
    fields.append(ZipRecord.endOfDirectory)
    for value: UInt16 in [0, 0, 1, 1] { fields.append(value) }
    for value in [size, start] { fields.append(UInt32(value)) }
    fields.append(UInt16(0))
    return fields.bytes
  }

  private func readAll(_ bytes: [UInt8]) throws -> [[UInt8]] {
    let zip = try ZipReader(try folder.file(bytes))
    return try zip.members.map { try zip.bytes(of: $0, limit: 1 << 16) }
  }
}
