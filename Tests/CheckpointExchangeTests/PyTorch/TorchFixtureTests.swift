import Checkpoint
import CheckpointFormat
import CheckpointIO
import Foundation
import SystemPackage
import Testing

@testable import CheckpointExchange

/// Files of real PyTorch: what its state dicts hold, and what is refused.
@Suite struct TorchFixtureTests {
  static let entries: [JSONValue] =
    (try? JSONValue.parse(utf8: fixtureBytes("pytorch/expected.json"))["entries"]?.arrayValue) ?? []

  @Test func everyFileIsReadOrRefusedAsExpected() throws {
    #expect(Self.entries.count > 25)
    for entry in Self.entries {
      let file = try #require(entry["file"]?.stringValue)
      let path = try FilePath(fixtureLocation("pytorch/" + file).path)
      let result = Result { () throws(CheckpointError) in
        let state = try TorchReader.read(path, in: PosixFileSystem())
        return (try WholeTensor.all(state), state.losses)
      }
      switch (entry["verdict"]?.stringValue, result) {
      case ("accept", .success(let (tensors, _))):
        let expected = try #require(entry["tensors"]?.arrayValue)
        #expect(tensors.count == expected.count, "\(file)")
        for (tensor, expected) in zip(tensors, expected) {
          #expect(tensor.name == expected["name"]?.stringValue)
          #expect(tensor.dtype.name == expected["dtype"]?.stringValue, "\(file) \(tensor.name)")
          #expect(
            tensor.shape
              == expected["shape"]?.arrayValue?.compactMap { $0.intValue.map { Int($0) } })
          let digest = tensor.bytes.withUnsafeBytes { SHA256.digest(of: $0) }
          #expect(
            digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
              == expected["sha256"]?.stringValue, "\(file) \(tensor.name)")
        }
      case ("reject", .failure(let error)):
        #expect(error.path != nil)
        let words = try #require(entry["words"]?.stringValue)
        #expect("\(error)".contains(words), "\(file): \(error)")
      case (_, .failure(let error)): Issue.record("\(file): \(error)")
      default: Issue.record("\(file) is accepted")
      }
    }
  }

  @Test func whatIsNoTensorIsSaid() throws {
    let path = try FilePath(fixtureLocation("pytorch/files/training.pt").path)
    let losses = try TorchReader.read(path, in: PosixFileSystem()).losses
    #expect(losses.contains("epoch: a number, which is no tensor"))
    #expect(losses.contains("note: a text, which is no tensor"))
    #expect(losses.contains("history/1: None, which is no tensor"))
  }
}
