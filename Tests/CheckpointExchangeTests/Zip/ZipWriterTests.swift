import Checkpoint
import CheckpointIO
import Foundation
import SystemPackage
import Testing

@testable import CheckpointExchange

@Suite struct ZipWriterTests {
  let folder = MemoryFolder()

  @Test func membersComeBackAsTheyWere() throws {
    let members: [(String, [UInt8])] = [
      ("a", []), ("dir/b", [1, 2, 3]), ("../c", [UInt8](repeating: 7, count: 5000)),
      ("重み", [9]), ("version", [51, 10]),
    ]
    for sizes in [ZipWriter.Sizes.asNeeded, .always64] {
      try write(members, sizes: sizes)
      let zip = try ZipReader(ForeignFile("/file", in: folder.disk))
      #expect(zip.members.map(\.name) == members.map(\.0))
      for (name, bytes) in members {
        let member = try #require(zip.member(name))
        #expect(member.method == .stored)
        #expect(try zip.bytes(of: member, limit: 5000) == bytes)
      }
      #expect(zip.member("b") == nil)
    }
  }

  @Test func theSameMembersGiveTheSameBytes() throws {
    try write([("a", [1, 2]), ("b", [3])])
    let first = try folder.bytes()
    try write([("a", [1, 2]), ("b", [3])])
    #expect(try folder.bytes() == first)
  }

  @Test func anArchiveOfNumPyIsWrittenAgainByteForByte() throws {
    for name in ["savez.npz", "dtypes.npz", "names.npz", "fortran.npz", "empty_zip.npz"] {
      let original = try fixtureBytes("npz/files/" + name)
      let zip = try ZipReader(try folder.file(original, named: "original"))
      try write(
        try zip.members.map { ($0.name, try zip.bytes(of: $0, limit: 1 << 20)) }, sizes: .always64)
      #expect(try folder.bytes() == original, "\(name)")
    }
  }

  @Test(arguments: [1, 2, 4, 8, 64, 4096]) func dataIsAligned(alignment: Int) throws {
    let output = try ExchangeOutput("/file", in: folder.disk)
    let zip = ZipWriter(output)
    for length in 0..<20 {
      let name = String(repeating: "n", count: length + 1)
      try zip.add(name, [UInt8](repeating: 1, count: length), alignment: alignment)
    }
    try zip.finish()
    try output.commit(replacing: true)
    let reader = try ZipReader(ForeignFile("/file", in: folder.disk))
    #expect(reader.members.count == 20)
    for member in reader.members {
      #expect(member.dataOffset.isMultiple(of: UInt64(alignment)))
      try reader.verify(member)
    }
  }

  @Test func aTensorOfManyPiecesStreamsIntoAMember() throws {
    let count = 9 << 20
    let tensor = try StreamedTensor(name: "x", dtype: .u8, shape: [count]) { range, buffer in
      for index in stride(from: 0, to: buffer.count, by: 1 << 12) {
        buffer[index] = UInt8(truncatingIfNeeded: (Int(range.lowerBound) + index) >> 12)
      }
    }
    let output = try ExchangeOutput("/file", in: folder.disk)
    let zip = ZipWriter(output)
    // Without a size, the header has room for any.
    try zip.begin("t")
    try zip.append([1, 2, 3])
    try zip.append(tensor)
    try zip.end()
    try zip.finish()
    try output.commit(replacing: true)
    let reader = try ZipReader(ForeignFile("/file", in: folder.disk))
    let member = try #require(reader.member("t"))
    #expect(member.sizeBytes == UInt64(count + 3))
    try reader.verify(member)
  }

  @Test func namesThatCannotBeAreRefused() throws {
    let zip = ZipWriter(try ExchangeOutput("/file", in: folder.disk))
    try zip.add("a", [])
    for name in ["", "a", "x\0y", String(repeating: "n", count: 70_000)] {
      let error = #expect(throws: CheckpointError.self) { try zip.add(name, []) }
      #expect(error?.code == .invalidArgument)
    }
  }

  @Test func manyMembersNeedTheLargeEnd() throws {
    // On the real disk, which is quicker here.
    let disk = PosixFileSystem()
    let folder = FilePath("/tmp/zip-writer-\(UInt64.random(in: 0 ... .max))")
    try disk.createDirectory(folder)
    defer { try? FileManager.default.removeItem(atPath: folder.string) }
    let path = folder.appending("many.zip")
    let output = try ExchangeOutput(path, in: disk)
    let zip = ZipWriter(output)
    for number in 0...ZipRecord.countLimit { try zip.add("\(number)", []) }
    try zip.finish()
    try output.commit(replacing: true)
    let file = try ForeignFile(path, in: disk)
    let end = ZipRecord.endOfDirectoryBytes + ZipRecord.zip64LocatorBytes
    #expect(try file.bytes(4, at: file.sizeBytes - UInt64(end)) == [0x50, 0x4b, 6, 7])
    #expect(try ZipReader(file).members.count == 65_536)
  }

  private func write(
    _ members: [(String, [UInt8])], sizes: ZipWriter.Sizes = .asNeeded
  ) throws {
    let output = try ExchangeOutput("/file", in: folder.disk)
    let zip = ZipWriter(output, sizes: sizes)
    for (name, bytes) in members { try zip.add(name, bytes) }
    try zip.finish()
    try output.commit(replacing: true)
  }
}
