import Checkpoint
import CheckpointCommand
import SystemPackage
import Testing

@Suite("ckpt inspect --stats")
struct StatisticsTests {
  let directory = TemporaryDirectory()
  var file: FilePath { directory.file("a.ckpt") }

  private func statistics(_ tensor: Tensor, _ selection: String = "w") throws -> JSONValue {
    var checkpoint = Checkpoint()
    checkpoint.tensors["w"] = tensor
    try Samples.save(checkpoint, to: file, chunkSizeBytes: 1 << 16)
    let result = ckpt("inspect", file.string, "--stats", "--tensor", selection, "--json")
    return result.json["tensors"]?[0]?["statistics"] ?? .null
  }

  @Test("minimum, maximum, mean, deviation of the population, zeros")
  func moments() throws {
    let json = try statistics(Tensor([2, 4, 4, 4, 5, 5, 7, 9, 0, 0] as [Float]), "w[:8]")
    #expect(json["count"] == 8)
    #expect(json["min"] == 2.0)
    #expect(json["max"] == 9.0)
    #expect(json["mean"] == 5.0)
    #expect(json["std"] == 2.0)
    #expect(json["zeros"] == 0)
    #expect(try statistics(Tensor([0, -0.0, 1] as [Double]))["zeros"] == 2)
  }

  @Test("NaN and infinities are counted and leave the rest alone")
  func nonFinite() throws {
    let json = try statistics(Tensor([1, .nan, .infinity, -.infinity, 3] as [Float]))
    #expect(json["nan"] == 1)
    #expect(json["infinite"] == 2)
    #expect(json["mean"] == 2.0)
    #expect(json["max"] == 3.0)
    let none = try statistics(Tensor([Float.nan]))
    #expect(none["mean"] == JSONValue.null)
    #expect(none["histogram"] == [])
  }

  @Test("a large mean costs no digits: the deviation of 1e9 and 1e9 + 2 is 1")
  func largeMean() throws {
    #expect(try statistics(Tensor([1e9, 1e9 + 2] as [Double]))["std"] == 1.0)
  }

  @Test(
    "every dtype has them",
    arguments: [
      Tensor([1, 3] as [Int8]), Tensor([1, 3] as [UInt8]), Tensor([1, 3] as [Int16]),
      Tensor([1, 3] as [UInt16]), Tensor([1, 3] as [Int32]), Tensor([1, 3] as [UInt32]),
      Tensor([1, 3] as [Int64]), Tensor([1, 3] as [UInt64]), Tensor([1, 3] as [Float16]),
      Tensor([BFloat16(1), BFloat16(3)]), Tensor([1, 3] as [Double]), Tensor([Complex64(1, 3)]),
    ])
  func dtypes(_ tensor: Tensor) throws {
    let json = try statistics(tensor)
    #expect(json["mean"] == 2.0)
    #expect(json["std"] == 1.0)
    #expect(json["count"] == 2)
  }

  @Test("the histogram counts every finite value once, across chunks and pieces")
  func histogram() throws {
    // 9 MiB: more than one piece.
    let count = 9 << 17
    let values = (0..<count).map { Double($0 % 16) }
    let json = try statistics(Tensor(values))
    #expect(json["histogram"] == .array([JSONValue](repeating: .int(Int64(count / 16)), count: 16)))
    #expect(json["mean"] == 7.5)
    #expect(json["count"] == .int(Int64(count)))
    // And drawn: two lonely ends.
    var checkpoint = Checkpoint()
    checkpoint.tensors["w"] = Tensor([0, 0, 0, 0, 0, 0, 0, 1] as [Float])
    try Samples.save(checkpoint, to: file)
    #expect(ckpt("inspect", file.string, "--stats").lines[1].hasSuffix("█              ▂"))
  }
}
