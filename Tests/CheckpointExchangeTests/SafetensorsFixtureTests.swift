import Checkpoint
import CheckpointFormat
import CheckpointIO
import Foundation
import SystemPackage
import Testing

@testable import CheckpointExchange

@Suite("safetensors: the library's verdicts")
struct SafetensorsFixtureTests {
  /// The entry of a file in `valid.json` or `malformed.json`.
  struct Case: CustomTestStringConvertible, Sendable {
    let facts: JSONValue
    var file: String { facts["file"]?.stringValue ?? "" }
    var testDescription: String { file }

    func path() throws -> FilePath {
      FilePath(try fixture("safetensors/" + file).path)
    }

    static func all(_ name: String) -> [Case] {
      let json = try? jsonFixture("safetensors/\(name).json")
      return (json?["files"]?.arrayValue ?? []).map { Case(facts: $0) }
    }
  }

  @Test("there are as many cases as were made")
  func count() {
    #expect(Case.all("valid").count == 15)
    #expect(Case.all("malformed").count == 41)
  }

  @Test("what the library reads is read alike", arguments: Case.all("valid"))
  func valid(_ file: Case) throws {
    let header = try SafetensorsHeader(of: ForeignFile(file.path(), in: PosixFileSystem()))
    let order = header.entries.map { JSONValue.string($0.name) }
    let expectedOrder = file.facts["header_key_order"]?.arrayValue ?? []
    #expect(order == expectedOrder.filter { $0 != "__metadata__" })
    #expect(header.metadata.map { JSONValue.object($0) } ?? .null == file.facts["metadata"])
    let state = try SafetensorsReader.read(file.path(), in: PosixFileSystem())
    let expected = file.facts["tensors"]?.arrayValue ?? []
    #expect(state.tensors.count == expected.count)
    for facts in expected {
      let name = try #require(facts["name"]?.stringValue)
      func isNamed(_ other: String) -> Bool { other.utf8.elementsEqual(name.utf8) }
      let entry = try #require(header.entries.first { isNamed($0.name) })
      let tensor = try #require(state.tensors.first { isNamed($0.name) })
      #expect(tensor.dtype.safetensorsName == facts["dtype"]?.stringValue)
      #expect(JSONValue.array(tensor.shape.map { .int(Int64($0)) }) == facts["shape"])
      #expect(
        [.int(Int64(entry.range.lowerBound)), .int(Int64(entry.range.upperBound))]
          == facts["data_offsets"])
      let digest = try tensor.bytes().withUnsafeBytes { SHA256.digest(of: $0) }
      let text = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      #expect(text == facts["sha256"]?.stringValue)
    }
  }

  @Test(
    "what the library refuses is refused, with the file's name", arguments: Case.all("malformed"))
  func malformed(_ file: Case) throws {
    let path = try file.path()
    if file.facts["accepted"] == true {
      let state = try SafetensorsReader.read(path, in: PosixFileSystem())
      for tensor in state.tensors { _ = try tensor.bytes() }
    } else {
      let error = #expect(throws: CheckpointError.self) {
        try SafetensorsReader.read(path, in: PosixFileSystem())
      }
      #expect(error?.path == path)
      #expect(error?.code == .corrupt || error?.code == .truncated)
    }
  }

  @Test("what the library wrote is written alike, byte for byte", arguments: Case.all("valid"))
  func rewriting(_ file: Case) throws {
    // The order of several keys of metadata is the library's mood.
    guard file.facts["written_by"] == "library",
      file.facts["metadata"]?.objectValue?.count ?? 0 < 2
    else { return }
    let directory = TemporaryDirectory()
    let state = try SafetensorsReader.read(file.path(), in: PosixFileSystem())
    try SafetensorsWriter.write(
      state, to: directory.file("a.safetensors"), replacing: false, in: PosixFileSystem())
    let original = try [UInt8](Data(contentsOf: fixture("safetensors/" + file.file)))
    #expect(try directory.bytes("a.safetensors") == original)
  }
}
