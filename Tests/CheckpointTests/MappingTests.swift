import Checkpoint
import SystemPackage
import Testing

@Suite("Mapped tensors")
struct MappingTests {
  let directory = TemporaryDirectory()

  private func save(_ compression: Compression) throws -> [Float] {
    let values = (0..<100_000).map { Float($0 % 100) }
    var checkpoint = Checkpoint()
    checkpoint.tensors = ["w": Tensor(values, shape: [100, 1000]), "e": Tensor([] as [Float])]
    try CheckpointWriter(directory.file("a.ckpt"), options: SaveOptions(compression: compression))
      .write(checkpoint)
    return values
  }

  @Test("are the saved elements, in place")
  func inPlace() throws {
    let values = try save(.none)
    let reader = try CheckpointReader(directory.file("a.ckpt"))
    let verified = try reader.withMappedBytes("w") { Array($0.bindMemory(to: Float.self)) }
    let unverified = try reader.withUnverifiedMappedBytes("w") {
      Array($0.bindMemory(to: Float.self))
    }
    #expect(verified == values && unverified == values)
    #expect(try reader.withMappedBytes("e") { $0.count } == 0)
  }

  @Test("are checked, unless the name says that they aren't")
  func damage() throws {
    _ = try save(.none)
    var bytes = try directory.bytes("a.ckpt")
    bytes[bytes.count / 2] ^= 1
    try directory.write(bytes, to: "a.ckpt")
    let reader = try CheckpointReader(directory.file("a.ckpt"))
    #expect(throws: CheckpointError.self) { try reader.withMappedBytes("w") { $0.count } }
    #expect(try reader.withUnverifiedMappedBytes("w") { $0.count } == 400_000)
  }

  @Test("must be stored raw")
  func coded() throws {
    _ = try save(.compact)
    let reader = try CheckpointReader(directory.file("a.ckpt"))
    #expect { try reader.withMappedBytes("w") { $0.count } } throws: { error in
      (error as? CheckpointError)?.code == .mismatch
    }
  }
}
