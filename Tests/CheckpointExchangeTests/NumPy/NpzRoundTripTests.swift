import Checkpoint
import CheckpointIO
import SystemPackage
import Testing

@testable import CheckpointExchange

@Suite struct NpzRoundTripTests {
  let folder = MemoryFolder()

  @Test(arguments: [
    "savez", "dtypes", "scalars_and_empty", "names", "special_values", "high_rank", "empty_zip",
  ])
  func whatNumPyWroteIsWrittenAgainByteForByte(name: String) throws {
    let original = try fixtureBytes("npz/files/\(name).npz")
    #expect(try write(try read(original)).isEmpty)
    #expect(try folder.bytes("out.npz") == original)
  }

  @Test func whatNumPyPackedIsTheSameAsWhatItStored() throws {
    let packed = try read(try fixtureBytes("npz/files/savez_compressed.npz"))
    _ = try write(packed)
    let stored = try NpzReader.read("/out.npz", in: folder.disk)
    #expect(try WholeTensor.all(stored) == (try WholeTensor.all(packed)))
  }

  @Test func everyTypeAndAllElseComesBack() throws {
    var state = ExchangeState(checkpoint: fullCheckpoint())
    for dtype in DType.allCases {
      state.tensors.append(try .counting("model/\(dtype)", dtype, [3, 8]))
      state.tensors.append(try .counting("empty/\(dtype)", dtype, [0, 8]))
      if dtype.bitsPerElement >= 8 {
        state.tensors.append(try .counting("scalar/\(dtype)", dtype, []))
      }
    }
    let losses = try write(state)
    #expect(losses.count == 9)
    #expect(losses.allSatisfy { $0.contains("NumPy has no such type") })
    let back = try NpzReader.read("/out.npz", in: folder.disk)
    #expect(try WholeTensor.all(back) == (try WholeTensor.all(state)))
    // NaN is no value that equals itself.
    #expect("\(back.checkpoint.metrics["loss"] ?? 0)" == "nan")
    var expected = state.checkpoint
    var actual = back.checkpoint
    expected.metrics["loss"] = nil
    actual.metrics["loss"] = nil
    #expect(actual == expected)
    // The same state gives the same bytes.
    let first = try folder.bytes("out.npz")
    _ = try write(back)
    #expect(try folder.bytes("out.npz") == first)
  }

  @Test func tensorsAloneNeedNoNotes() throws {
    _ = try write(ExchangeState(tensors: [try .counting("a", .f32, [2])]))
    let zip = try ZipReader(ForeignFile("/out.npz", in: folder.disk))
    #expect(zip.members.map(\.name) == ["a.npy"])
  }

  /// The first dot of ".npy" is of one character with what is before it.
  @Test func namesAreCutByBytes() throws {
    _ = try write(ExchangeState(tensors: [try .counting("a\u{600}", .f32, [2])]))
    #expect(try read(try folder.bytes("out.npz")).tensors.map(\.name) == ["a\u{600}"])
  }

  @Test func namesThatNotesOrNumPyNeedAreRefused() throws {
    for name in ["__ckpt__", ""] {
      let error = #expect(throws: CheckpointError.self) {
        try write(ExchangeState(tensors: [try .counting(name, .f32, [2])]))
      }
      #expect(error?.code == .invalidArgument)
    }
  }

  /// As NumPy writes an array of `ml_dtypes.bfloat16`, without notes of ours.
  @Test func bfloat16OfMLDtypesIsKnownByItsByteOrder() throws {
    for (type, isKnown) in [("<V2", true), ("|V2", false), ("<V1", false), ("|V1", false)] {
      let file =
        NpyHeader.bytes(type: type, shape: [2])
        + [1, 2, 3, 4].prefix(isKnown || type == "|V2" ? 4 : 2)
      if isKnown {
        let tensor = try #require(try readArray(file).tensors.first)
        #expect(tensor.dtype == .bf16)
        #expect(try tensor.bytes() == [1, 2, 3, 4])
      } else {
        let error = #expect(throws: CheckpointError.self) { try readArray(file) }
        #expect(error?.code == .unsupportedVersion)
        #expect(error?.advice != nil)
      }
    }
  }

  /// Reads that begin and end anywhere, within elements too.
  @Test(arguments: ["fortran", "big_endian", "fortran_big_endian_compressed", "savez_compressed"])
  func piecesOfAnySizeMakeTheWhole(name: String) throws {
    for tensor in try read(try fixtureBytes("npz/files/\(name).npz")).tensors {
      let whole = try tensor.bytes()
      for step in [1, 3, 5, 64] { #expect(try tensor.bytes(step: step) == whole) }
    }
  }

  private func read(_ bytes: [UInt8]) throws -> ExchangeState {
    let disk = MemoryFolder.disk(bytes, named: "in.npz")
    return try NpzReader.read("/in.npz", in: disk)
  }

  private func readArray(_ bytes: [UInt8]) throws -> ExchangeState {
    try NpzReader.read("/in.npy", in: MemoryFolder.disk(bytes, named: "in.npy"))
  }

  private func write(_ state: ExchangeState) throws -> [String] {
    let written = try NpzWriter.write(state, to: "/out.npz", replacing: true, in: folder.disk)
    #expect(try Int(written.sizeBytes) == folder.bytes("out.npz").count)
    return written.losses
  }
}
