import Checkpoint
import Foundation
import SystemPackage

/// A fine-tuning whose tensors are frozen but for a twentieth.
struct SharingTest {
  let directory: FilePath
  let mebibytes: Int
  let roundCount: Int

  private static let tensorCount = 64
  private static let changedCount = 3

  /// What one save took.
  struct Cost {
    var seconds: Double
    var spaceBytes: Int64
    var sharedBytes: UInt64
    var sizeBytes: UInt64
  }

  func run(onFullDisk: Bool) throws {
    for compression in [Compression.none, .fast, .compact] {
      for isCold in [false, true] {
        let shared = try costs(sharing: true, isCold: isCold, compression)
        let written = try costs(sharing: false, isCold: isCold, compression)
        for (name, costs) in [("shared", shared), ("written", written)] {
          let seconds = costs.map(\.seconds).sorted()
          print(
            "\(compression) \(isCold ? "cold" : "warm") \(name):",
            seconds.map { String(format: "%.3f", $0) }.joined(separator: " "), "s,",
            "space \(costs.map { $0.spaceBytes >> 20 }.sorted()) MiB,",
            "shared \(costs.map { $0.sharedBytes >> 20 }.sorted()) of \((costs.first?.sizeBytes ?? 0) >> 20) MiB"
          )
        }
        for (with, without) in zip(shared, written) {
          require(
            with.sharedBytes * 10 > with.sizeBytes * 9,
            "only \(with.sharedBytes) of \(with.sizeBytes) bytes are shared")
          require(without.sharedBytes == 0, "shared without being asked")
          require(
            with.spaceBytes * 5 < without.spaceBytes,
            "\(with.spaceBytes) bytes of space; without sharing \(without.spaceBytes)")
        }
      }
    }
    if onFullDisk { try saveOnFullDisk() }
    print("all as it should be")
  }

  /// Two checkpoints for others to look at.
  func leave() throws {
    let store = try CheckpointStore(
      at: directory.appending("run"), options: StoreOptions(retention: .keepAll))
    var checkpoint = checkpoint()
    try store.save(checkpoint)
    change(&checkpoint, 1)
    try store.save(checkpoint)
  }

  /// The second and later saves of a store.
  private func costs(
    sharing: Bool, isCold: Bool, _ compression: Compression
  ) throws -> [Cost] {
    let path = directory.appending("run")
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    let store = try CheckpointStore(
      at: path,
      options: StoreOptions(
        save: SaveOptions(compression: compression), retention: .keepAll,
        sharesUnchangedTensors: sharing))
    var checkpoint = self.checkpoint()
    var last = try store.save(checkpoint)
    var costs: [Cost] = []
    for round in 1...roundCount {
      change(&checkpoint, round)
      sync()
      if isCold { dropCaches() } else { _ = try Data(contentsOf: URL(filePath: last.path.string)) }
      let free = try store.freeSpaceBytes()
      let start = ContinuousClock.now
      last = try store.save(checkpoint)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      // btrfs counts what is free when a transaction is done.
      sync()
      costs.append(
        Cost(
          seconds: seconds, spaceBytes: Int64(free) - Int64(try store.freeSpaceBytes()),
          sharedBytes: try store.sharedBytes(of: last) ?? 0, sizeBytes: last.sizeBytes))
      require(try store.verify(last).state == .intact, "the checkpoint is not intact")
    }
    // From the disk, not from memory, and without the others.
    dropCaches()
    for stored in try store.list() where stored.fileID != last.fileID {
      try FileManager.default.removeItem(atPath: stored.path.string)
    }
    require(try store.load(last).tensors == checkpoint.tensors, "something else was saved")
    return costs
  }

  /// A mostly frozen state must still fit where a whole one doesn't.
  private func saveOnFullDisk() throws {
    let path = directory.appending("run")
    let filler = directory.appending("filler").string
    defer {
      try? FileManager.default.removeItem(atPath: path.string)
      try? FileManager.default.removeItem(atPath: filler)
    }
    let store = try CheckpointStore(at: path, options: StoreOptions(retention: .keepAll))
    var checkpoint = self.checkpoint()
    let first = try store.save(checkpoint)
    let room = UInt64(first.sizeBytes / 2)
    let free = try store.freeSpaceBytes()
    let file = try FileDescriptor.open(
      FilePath(filler), .writeOnly, options: [.create], permissions: .ownerReadWrite)
    try file.closeAfter {
      require(posix_fallocate(file.rawValue, 0, Int(free - room)) == 0, "the disk can't be filled")
    }
    change(&checkpoint, 1)
    let second = try store.save(checkpoint)
    require(try store.verify(second).state == .intact, "the checkpoint is not intact")
    let other = try CheckpointStore(
      at: path, options: StoreOptions(retention: .keepAll, sharesUnchangedTensors: false))
    var error: CheckpointError?
    do { _ = try other.save(checkpoint) } catch let failure { error = failure }
    require(error?.code == .noSpace, "without sharing it fits, too")
    print("on a disk with room for half a state: saved; without sharing: no space")
  }

  private func checkpoint() -> Checkpoint {
    var checkpoint = Checkpoint(step: 1)
    let count = mebibytes << 18
    var random = UInt64(1)
    for number in 0..<Self.tensorCount {
      let elements = (0..<count / Self.tensorCount).map { _ -> Float in
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int32(truncatingIfNeeded: random >> 32)) * 1e-11
      }
      checkpoint.tensors["layer_\(number)/kernel"] = Tensor(elements)
    }
    return checkpoint
  }

  private func change(_ checkpoint: inout Checkpoint, _ round: Int) {
    checkpoint.step = UInt64(round + 1)
    for number in 0..<Self.changedCount {
      let name = "layer_\((number * 21) % Self.tensorCount)/kernel"
      guard let old = try? checkpoint.tensors[name]?.elements(as: Float.self) else { continue }
      checkpoint.tensors[name] = Tensor(old.map { $0 * 1.001 })
    }
  }

  private func dropCaches() {
    sync()
    // Takes root, as mounting does.
    try? "3".write(toFile: "/proc/sys/vm/drop_caches", atomically: false, encoding: .utf8)
  }

  private func require(_ condition: Bool, _ message: String) {
    guard !condition else { return }
    print("FAILED: \(message)")
    exit(1)
  }
}
