import Checkpoint
import CheckpointIO
import SimulatedDisk
import SystemPackage
import Testing

@Suite("A small save asks the disk for no more than it must")
struct SmallSaveTests {
  let directory = TemporaryDirectory()

  private static func checkpoint(sizeBytes: Int, seed: UInt64) throws -> Checkpoint {
    var random = SplitMix64(seed: seed)
    var checkpoint = Checkpoint(step: 1)
    checkpoint.tensors["w"] = try Tensor(
      dtype: .u8, shape: [sizeBytes],
      bytes: (0..<sizeBytes).map { _ in UInt8.random(in: 0...255, using: &random) })
    return checkpoint
  }

  @Test("all chunks in one write, then the tail, then the head; the size is never set")
  func operations() throws {
    let disk = SimulatedDisk()
    try CheckpointWriter("/a.ckpt", options: SaveOptions(), in: disk)
      .write(try Self.checkpoint(sizeBytes: 460 << 10, seed: 1))
    #expect(
      disk.operations.map(\.kind) == [
        .create, .allocate, .write, .write, .write,
        .synchronizeFile, .rename, .synchronizeDirectory, .synchronizeFile,
      ])
  }

  @Test("nothing of an earlier save gets into a file", arguments: [1, 4095, 70_001, 470_000])
  func keptMemory(sizeBytes: Int) throws {
    let options = SaveOptions(
      fileID: UniqueID(high: 1, low: 2), created: Timestamp(nanoseconds: 3))
    let small = try Self.checkpoint(sizeBytes: sizeBytes, seed: 1)
    var saves: [[UInt8]] = []
    for seed in 2...4 {
      // Leaves other bytes in the memory that saves share.
      try CheckpointWriter(directory.file("other"))
        .write(try Self.checkpoint(sizeBytes: 900_000, seed: UInt64(seed)))
      try CheckpointWriter(directory.file("small"), options: options).write(small)
      saves.append(try directory.bytes("small"))
    }
    #expect(saves[0] == saves[1] && saves[1] == saves[2])
    let file = saves[0]
    let data = try #require(small.tensors["w"]).withUnsafeBytes { [UInt8]($0) }
    let padding = file[8192 + data.count..<(8192 + data.count + 4095) & ~4095]
    #expect(file[8192..<8192 + data.count].elementsEqual(data))
    #expect(padding.allSatisfy { $0 == 0 })
  }

  @Test("saves at the same time don't share memory")
  func concurrentSaves() throws {
    let checkpoints = try (0..<8).map { try Self.checkpoint(sizeBytes: 300_000, seed: UInt64($0)) }
    let paths = (0..<64).map { directory.file("\($0)") }
    try BlockingPool(threadCount: 4).forEach(count: paths.count) {
      (number) throws(CheckpointError) in
      try CheckpointWriter(paths[number]).write(checkpoints[number % 8])
    }
    for (number, path) in paths.enumerated() {
      let loaded: Checkpoint = try CheckpointReader(path).load()
      #expect(loaded.tensors == checkpoints[number % 8].tensors)
    }
  }
}
