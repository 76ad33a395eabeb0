import Checkpoint
import CheckpointIO
import SystemPackage
import Testing

@testable import CheckpointExchange

@Suite struct ZipReaderTests {
  let folder = MemoryFolder()

  @Test func everyKindOfArchiveThatWritersMakeIsRead() throws {
    let stored = try contents("savez.npz")
    for name in [
      "zip64_local", "zip64_eocd", "data_descriptors", "data_descriptors_deflate",
    ] {
      #expect(try contents("\(name).npz") == stored, "\(name)")
    }
    #expect(try contents("comment.npz") == stored.filter { $0.name == "a.npy" })
    #expect(try contents("empty_zip.npz") == [])
  }

  @Test func whatIsNoPlainArchiveIsRefused() throws {
    for (name, code) in [
      ("bzip2.npz", CheckpointError.Code.unsupportedVersion), ("lzma.npz", .unsupportedVersion),
      ("encrypted_flag.npz", .unsupportedVersion), ("duplicate_member.npz", .corrupt),
      ("crc_mismatch.npz", .checksumMismatch), ("local_name_differs.npz", .corrupt),
      ("local_offset_beyond.npz", .corrupt), ("uncompressed_size_lie.npz", .corrupt),
      ("truncated_zip.npz", .truncated), ("empty_file.npz", .truncated),
      ("not_a_zip.npz", .truncated), ("prefix.npz", .corrupt),
    ] {
      let error = #expect(throws: CheckpointError.self, "\(name)") { try contents(name) }
      #expect(error?.code == code, "\(name): \(error as CheckpointError?)")
      #expect(error?.path != nil)
    }
  }

  @Test func partsOfADeflatedMemberAreReadInAnyOrder() throws {
    let zip = try ZipReader(
      try folder.file(try fixtureBytes("npz/files/savez_compressed.npz")))
    let member = try #require(zip.member("big.npy"))
    #expect(member.method == .deflated)
    let whole = try zip.bytes(of: member, limit: 1 << 20)
    let reader = ZipMemberReader(member, in: zip.file)
    for range in [
      0..<10, 5..<300, 4000..<4001, 300..<whole.count, whole.count..<whole.count, 1..<2,
    ] {
      var part = [UInt8](repeating: 0, count: range.count)
      try part.withUnsafeMutableBytes { try reader.read(into: $0, at: UInt64(range.lowerBound)) }
      #expect(part == Array(whole[range]))
    }
    var byte: [UInt8] = [0]
    #expect(throws: CheckpointError.self) {
      try byte.withUnsafeMutableBytes { try reader.read(into: $0, at: UInt64(whole.count)) }
    }
  }

  @Test func noMoreIsReadThanExpected() throws {
    let zip = try ZipReader(try folder.file(try fixtureBytes("npz/files/savez.npz")))
    let member = try #require(zip.member("a.npy"))
    #expect(throws: CheckpointError.self) { try zip.bytes(of: member, limit: 151) }
    #expect(try zip.bytes(of: member, limit: 152).count == 152)
  }

  /// Whatever byte is lost or changed: an error, or what was there.
  @Test(arguments: [
    "savez.npz", "data_descriptors_deflate.npz", "zip64_eocd.npz", "comment.npz",
  ])
  func damageIsFoundOrHarmless(name: String) throws {
    let original = try fixtureBytes("npz/files/" + name)
    let expected = try contents(of: try folder.file(original))
    for length in 0..<original.count {
      #expect(throws: CheckpointError.self) {
        try contents(of: try folder.file(Array(original[..<length])))
      }
    }
    var found = 0
    for offset in original.indices {
      for change: UInt8 in [0x01, 0xFF] {
        let damaged = try folder.file(patched(original, offset, [original[offset] ^ change]))
        do throws(CheckpointError) {
          let actual = try contents(of: damaged)
          #expect(actual == expected, "byte \(offset) ^ \(change)")
        } catch {
          found += 1
        }
      }
    }
    #expect(found > original.count)
  }

  struct Content: Equatable {
    var name: String
    var bytes: [UInt8]
  }

  private func contents(_ name: String) throws -> [Content] {
    try contents(of: try folder.file(try fixtureBytes("npz/files/" + name)))
  }

  private func contents(of file: ForeignFile) throws(CheckpointError) -> [Content] {
    let zip = try ZipReader(file)
    var contents: [Content] = []
    for member in zip.members {
      contents.append(
        Content(name: member.name, bytes: try zip.bytes(of: member, limit: 1 << 20)))
    }
    return contents
  }
}
