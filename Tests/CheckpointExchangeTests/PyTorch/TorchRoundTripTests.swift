import Checkpoint
import CheckpointIO
import Foundation
import SystemPackage
import Testing

@testable import CheckpointExchange

@Suite struct TorchRoundTripTests {
  let folder = MemoryFolder()

  @Test func everyTypeAndAllElseComesBack() throws {
    var state = ExchangeState(checkpoint: fullCheckpoint())
    state.checkpoint.metrics["loss"] = nil
    for dtype in DType.allCases {
      state.tensors.append(try .counting("model/\(dtype)", dtype, [3, 8]))
      state.tensors.append(try .counting("empty/\(dtype)", dtype, [0, 8]))
      if dtype.bitsPerElement >= 8 {
        state.tensors.append(try .counting("scalar/\(dtype)", dtype, []))
      }
    }
    let losses = try write(state)
    #expect(losses.count == 6)
    let back = try TorchReader.read("/out.pt", in: folder.disk)
    #expect(try WholeTensor.all(back) == (try WholeTensor.all(state)))
    #expect(back.checkpoint == state.checkpoint)
    let first = try folder.bytes("out.pt")
    _ = try write(back)
    #expect(try folder.bytes("out.pt") == first)
  }

  @Test func storagesAreAlignedAsPyTorchHasThem() throws {
    _ = try write(
      ExchangeState(tensors: (1..<9).map { try .counting("t\($0)", .f32, [$0]) }))
    let zip = try ZipReader(ForeignFile("/out.pt", in: folder.disk))
    for member in zip.members { #expect(member.dataOffset.isMultiple(of: 64)) }
    #expect(
      zip.members.map(\.name)
        == ["archive/data.pkl", "archive/byteorder"] + (0..<8).map { "archive/data/\($0)" }
        + ["archive/version"])
  }

  @Test func whatPyTorchWroteIsTheSameWrittenAgain() throws {
    for name in ["state_dict", "dtypes", "views", "training", "large_numbers"] {
      let original = try TorchReader.read(
        FilePath(try fixtureLocation("pytorch/files/\(name).pt").path), in: PosixFileSystem())
      _ = try write(original)
      let back = try TorchReader.read("/out.pt", in: folder.disk)
      #expect(try WholeTensor.all(back) == (try WholeTensor.all(original)))
    }
  }

  @Test func aNameThatIsThereTwiceIsRefused() throws {
    let error = #expect(throws: CheckpointError.self) {
      try write(
        ExchangeState(tensors: [try .counting("a", .f32, [2]), try .counting("a", .f32, [2])]))
    }
    #expect(error?.code == .invalidArgument)
  }

  private func write(_ state: ExchangeState) throws -> [String] {
    let written = try TorchWriter.write(state, to: "/out.pt", replacing: true, in: folder.disk)
    #expect(try Int(written.sizeBytes) == folder.bytes("out.pt").count)
    return written.losses
  }
}
