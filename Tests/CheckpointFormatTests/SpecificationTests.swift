import CheckpointFormat
import Testing

@Suite("The code says what FORMAT.md says")
struct SpecificationTests {
  let specification: Specification

  init() throws {
    specification = try Specification()
  }

  @Test("of rules")
  func rules() {
    #expect(specification.ruleNames() == Set(FormatRule.allCases.map(\.rawValue)))
  }

  @Test("of dtypes")
  func dtypes() {
    let rows = specification.table("| id | name | bits | scalar bytes | non-finite values |")
    let documented = rows.map { $0.prefix(4).joined(separator: " ") }
    let coded = DType.allCases.map {
      "\($0.rawValue) \($0.name) \($0.bitsPerElement) \($0.scalarBytes)"
    }
    #expect(documented == coded)
    for dtype in DType.allCases { #expect(DType(name: dtype.name) == dtype) }
    #expect(DType(name: "float32") == nil)
  }

  @Test("of which dtypes have non-finite values")
  func nonFinite() {
    let rows = specification.table("| id | name | bits | scalar bytes | non-finite values |")
    for row in rows {
      guard let dtype = DType(name: row[1]) else { continue }
      let ones = [UInt8](repeating: 0xFF, count: 8) + [UInt8](repeating: 0x80, count: 8)
      let count = ones.withUnsafeBytes { NonFinite.count(in: $0, dtype: dtype) }
      #expect((count > 0) == !row[4].hasPrefix("none"), "\(dtype)")
    }
  }

  @Test("of sections")
  func sections() {
    let rows = specification.table("| kind | section | record size | count |")
    #expect(rows.map(\.first) == SectionKind.allCases.map { "\($0.rawValue)" })
    for (row, kind) in zip(rows, SectionKind.allCases) {
      let words = "\(kind)".reduce("") { $0 + ($1.isUppercase ? " \($1.lowercased())" : "\($1)") }
      #expect(row[1].hasSuffix(words), "\(kind)")
      #expect(row[2] == "\(kind.recordBytes)", "\(kind)")
      let factors = row[3].filter { $0 != "," }.split(separator: " ").compactMap { UInt64($0) }
      if !factors.isEmpty { #expect(factors.reduce(1, *) == kind.countLimit, "\(kind)") }
    }
  }

  @Test("of transforms")
  func transforms() {
    let rows = specification.table("| id | transform | for dtypes |")
    #expect(
      rows.map { "\($0[0]) \($0[1])" }
        == ChunkTransform.allCases.map { "\($0.rawValue) \($0)" })
    #expect(
      rows[2][2] == DType.allCases.filter(\.splitsAsFloat).map(\.name).joined(separator: ", "))
  }

  @Test("of codecs")
  func codecs() {
    let rows = specification.table("| id | codec | encoded bytes |")
    #expect(rows.map(\.first) == ChunkCodec.allCases.map { "\($0.rawValue)" })
    for (row, codec) in zip(rows, ChunkCodec.allCases) {
      #expect(row[1].lowercased().contains("\(codec)"), "\(codec)")
    }
  }

  @Test("of the blocks' fields and their places")
  func blocks() {
    var block = Block(
      chunkSizeBytes: 0x0001_0000,
      fileID: UniqueID(high: 0x0001_0203_0405_0607, low: 0x0809_0A0B_0C0D_0E0F),
      created: Timestamp(nanoseconds: -2))
    block.minorVersion = 0x0302
    block.compatibleFeatures = 3
    block.readOnlyCompatibleFeatures = 4
    block.place(indexLengthBytes: 800, dataEnd: 9000)
    block.indexChecksum = 0xAABB_CCDD
    block.rootDigest = Array(1...32)
    for (kind, letter) in [(Block.Kind.superblock, UInt8(0x50)), (.trailer, 0x45)] {
      let view = ByteView(block.encoded(as: kind))
      #expect(view.count == 4096)
      #expect(
        view.bytes[..<8] == [0x89, 0x43, 0x4B, letter, 0x0D, 0x0A, 0x1A, 0x0A])
      #expect(view.u16(8) == 1 && view.u16(10) == 0x0302 && view.u32(12) == 65536)
      #expect(view.u64(16) == 3 && view.u64(24) == 4 && view.u64(32) == 0)
      #expect(view.bytes[40..<56] == (0...15).map { UInt8($0) }[...])
      #expect(view.u64(56) == UInt64(bitPattern: -2))
      #expect(view.u64(64) == 12288 + 4096 + 4096)
      #expect(view.u64(72) == 8192 && view.u64(80) == 12288 && view.u64(88) == 800)
      #expect(view.u32(96) == 0xAABB_CCDD && view.isZero(100..<128))
      #expect(view.bytes[128..<160] == Array(1...32)[...] && view.isZero(160..<4092))
      #expect(view.u32(4092) == CRC32C.checksum(Array(view.bytes[..<4092])))
    }
  }
}
