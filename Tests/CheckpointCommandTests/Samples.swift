import Checkpoint
import Foundation
import SystemPackage

/// Checkpoints that tests look at: always the same bytes.
enum Samples {
  static let created = Timestamp(nanoseconds: 1_764_000_000_000_000_000)
  /// Three minutes later.
  static let now = Timestamp(nanoseconds: 1_764_000_180_000_000_000)

  static func save(
    _ checkpoint: Checkpoint, to path: FilePath, id: UInt64 = 1,
    compression: Compression = .none, chunkSizeBytes: Int? = nil, digests: Bool = false
  ) throws {
    var checkpoint = checkpoint
    checkpoint.wallTime = checkpoint.wallTime ?? created
    try CheckpointWriter(
      path,
      options: SaveOptions(
        compression: compression, chunkSizeBytes: chunkSizeBytes, digests: digests,
        fileID: UniqueID(high: 0, low: id), created: created)
    ).write(checkpoint)
  }

  /// A run of three: the second has the best accuracy, the last NaN weights and the highest of all.
  static func makeRun(at path: FilePath) throws -> CheckpointStore {
    let store = try CheckpointStore(
      at: path, options: StoreOptions(save: SaveOptions(created: created)))
    for (number, accuracy) in [0.5, 0.9, 0.95].enumerated() {
      var checkpoint = Checkpoint(step: UInt64(number + 1) * 100, epoch: UInt64(number) + 1)
      checkpoint.wallTime = created
      checkpoint.metrics = ["val_acc": accuracy]
      checkpoint.tensors["w"] = Tensor([Float(number), number == 2 ? .nan : 1])
      try store.save(checkpoint)
    }
    return store
  }

  /// One tensor of 100 rows of 4 KiB, in chunks of 64 KiB: 16 rows each.
  static func makeLarge(at path: FilePath, id: UInt64 = 1, changing row: Int? = nil) throws {
    var checkpoint = Checkpoint(step: 7)
    var values = (0..<102_400).map { Float($0 % 1000) }
    if let row { values[row * 1024] += 0.5 }
    checkpoint.tensors["large"] = Tensor(values, shape: [100, 1024])
    checkpoint.tensors["small"] = Tensor([1, 2, 3] as [Int32])
    try save(checkpoint, to: path, id: id, chunkSizeBytes: 1 << 16)
  }

  /// Changes one byte of a file.
  static func damage(_ path: FilePath, at offset: Int) throws {
    let url = URL(fileURLWithPath: path.string)
    var data = try Data(contentsOf: url)
    data[offset] ^= 0x55
    try data.write(to: url)
  }

  /// Where a chunk of a tensor stands.
  static func offset(of tensor: String, chunk: Int, in path: FilePath) throws -> Int {
    Int(try CheckpointReader(path).chunkInfos(tensor)[chunk].byteOffset)
  }

  /// Cuts a file off.
  static func cut(_ path: FilePath, to byteCount: Int) throws {
    let url = URL(fileURLWithPath: path.string)
    try Data(contentsOf: url).prefix(byteCount).write(to: url)
  }
}
