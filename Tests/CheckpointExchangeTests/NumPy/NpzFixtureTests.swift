import Checkpoint
import CheckpointFormat
import CheckpointIO
import Foundation
import SystemPackage
import Testing

@testable import CheckpointExchange

/// The verdicts and values of real NumPy, for each fixture.
@Suite struct NpzFixtureTests {
  /// What NumPy accepts and this importer may refuse, and does.
  static let refused: Set<String> = [
    "complex.npz", "npy_native_descr.npz", "npy_descr_float32.npz", "npy_long_ints.npz",
    "npy_trailing_bytes.npz", "prefix.npz", "no_npy_suffix.npz", "duplicate_member.npz",
    "local_name_differs.npz",
  ]

  @Test func theVerdictsAreThoseExpected() throws {
    let entries = try #require(
      try JSONValue.parse(utf8: fixtureBytes("npz/expected.json"))["entries"]?.arrayValue)
    #expect(entries.count > 60)
    for entry in entries {
      let file = try #require(entry["file"]?.stringValue)
      let name = String(file.dropFirst("files/".count))
      let result = Result { () throws(CheckpointError) in
        try read(name)
      }
      switch (entry["expected_importer"]?.stringValue, result) {
      case ("reject", .success): Issue.record("\(name) is accepted")
      case ("accept", .failure(let error)): Issue.record("\(name): \(error)")
      case ("either", .success):
        #expect(!Self.refused.contains(name), "\(name) is accepted")
        try check(try result.get(), entry, name)
      case ("either", .failure(let error)):
        #expect(Self.refused.contains(name), "\(name): \(error)")
      case ("accept", .success): try check(try result.get(), entry, name)
      case ("reject", .failure(let error)):
        #expect(error.path != nil && !error.message.isEmpty, "\(name)")
      default: Issue.record("\(name): no verdict")
      }
    }
  }

  @Test(arguments: [
    ("object_pickled.npz", "pickle"), ("structured.npz", "records"),
    ("unicode_strings.npz", "text"), ("byte_strings.npz", "text"), ("datetime.npz", "times"),
    ("longdouble.npz", "extended precision"), ("bzip2.npz", "bzip2"), ("lzma.npz", "LZMA"),
    ("negative_dim.npz", "extent"), ("header_expression.npz", "header"),
    ("shape_huge.npz", "bytes of data"), ("bad_version.npz", "version 4.0"),
    ("encrypted_flag.npz", "encrypted"),
  ])
  func refusalsSayWhy(name: String, words: String) throws {
    let error = #expect(throws: CheckpointError.self) { try read(name) }
    #expect(error?.message.contains(words) == true, "\(error as CheckpointError?)")
    #expect(error?.item != nil)
  }

  private func read(_ name: String) throws(CheckpointError) -> [WholeTensor] {
    let location: URL
    do { location = try fixtureLocation("npz/files/" + name) } catch {
      throw CheckpointError(.notFound, name)
    }
    return try WholeTensor.all(
      try NpzReader.read(FilePath(location.path), in: PosixFileSystem()))
  }

  private func check(_ tensors: [WholeTensor], _ entry: JSONValue, _ name: String) throws {
    let arrays = try #require(entry["arrays"]?.arrayValue).filter { $0["dtype"] != nil }
    #expect(tensors.count == arrays.count, "\(name)")
    for (tensor, array) in zip(tensors, arrays) {
      let expectedName = try #require(array["name"]?.stringValue)
      #expect(tensor.name == expectedName || expectedName.isEmpty && tensor.name == "single")
      #expect(
        tensor.shape.map { Int64($0) } == array["shape"]?.arrayValue?.map { $0.intValue ?? -1 })
      let dtype = try #require(array["dtype"]?.stringValue).replacing(">", with: "<")
      #expect(NpyType.text(tensor.dtype) == dtype)
      let digest = tensor.bytes.withUnsafeBytes { SHA256.digest(of: $0) }
      #expect(
        digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
          == array["sha256_c_order_le"]?.stringValue, "\(name) \(tensor.name)")
    }
  }
}
