import Checkpoint
import CheckpointFormat
import CheckpointIO
import SimulatedDisk
import SystemPackage
import Testing

/// On file systems whose files can have blocks in common, what hasn't changed since the newest checkpoint is not
/// written again; nobody can tell by what the file says.
@Suite("Unchanged tensors are shared")
struct SharingTests {
  static let chunkBytes = 1 << 16

  static func store(
    _ disk: any FileSystem, _ save: SaveOptions = SaveOptions(), shares: Bool = true
  ) throws -> CheckpointStore {
    try CheckpointStore(
      at: "/run",
      options: StoreOptions(
        save: save, lockWaitSeconds: 0, retention: .keepAll, sharesUnchangedTensors: shares),
      in: disk)
  }

  /// Bytes that nothing compresses, of so many chunks and a bit.
  static func tensor(_ chunkCount: Int, seed: UInt64) -> Tensor {
    var random = SplitMix64(seed: seed)
    return Tensor((0..<chunkCount * chunkBytes / 8 + 5).map { _ in random.next() })
  }

  /// A frozen tensor of three chunks and a page, one of two and a page that changes, and a small one.
  static func checkpoint(_ step: UInt64) -> Checkpoint {
    var checkpoint = Checkpoint(step: step)
    checkpoint.tensors["frozen"] = tensor(3, seed: 0)
    checkpoint.tensors["trained"] = tensor(2, seed: step)
    checkpoint.tensors["small"] = Tensor([Float](repeating: 1, count: 100))
    return checkpoint
  }

  static let frozenBytes = 3 * chunkBytes + 4096

  private func expectSound(_ store: CheckpointStore, _ expected: Checkpoint) throws {
    let latest = try #require(try store.latest())
    #expect(latest.checkpoint.step == expected.step)
    #expect(latest.checkpoint.tensors == expected.tensors)
    let verification = try store.verify(latest.stored)
    #expect(verification.state == .intact, "\(verification.findings)")
  }

  private func file(_ name: String, on disk: SimulatedDisk) throws -> [UInt8] {
    guard case .directory(let run) = disk.visibleImage.entries["run"],
      case .file(let bytes) = try #require(run.entries[name])
    else { return [] }
    return bytes
  }

  private func change(
    _ name: String, on disk: SimulatedDisk, at offset: UInt64, _ change: (UInt8) -> UInt8
  ) throws {
    let file = try disk.openDirectory("/run").open(name, .readWrite)
    var byte: UInt8 = 0
    _ = try withUnsafeMutableBytes(of: &byte) { try file.read(into: $0, at: offset) }
    byte = change(byte)
    _ = try withUnsafeBytes(of: &byte) { try file.write($0, at: offset) }
  }

  // MARK: What is shared

  @Test("exactly the chunks that haven't changed, whatever the save", arguments: [true, false])
  func unchangedChunks(_ isInBackground: Bool) throws {
    let disk = SimulatedDisk(sharesBlocks: true)
    let store = try Self.store(disk)
    try store.save(Self.checkpoint(1))
    #expect(disk.sharedBytes == 0)
    if isInBackground {
      try store.saveInBackground(Self.checkpoint(2))
      try store.finish()
    } else {
      try store.save(Self.checkpoint(2))
    }
    #expect(disk.sharedBytes == Self.frozenBytes)
    try expectSound(store, Self.checkpoint(2))
  }

  @Test("of a tensor that has changed in part, the chunks that haven't")
  func partlyChanged() throws {
    let disk = SimulatedDisk(sharesBlocks: true)
    let store = try Self.store(disk)
    var checkpoint = Self.checkpoint(1)
    try store.save(checkpoint)
    var elements = try #require(checkpoint.tensors["frozen"]).elements(as: UInt64.self)
    elements[Self.chunkBytes / 8] ^= 1
    checkpoint.tensors["frozen"] = Tensor(elements)
    try store.save(checkpoint)
    #expect(disk.sharedBytes == 4 * Self.chunkBytes + 2 * 4096)
    try expectSound(store, checkpoint)
  }

  @Test("a checkpoint that is being replaced serves until it is gone")
  func replaced() throws {
    let disk = SimulatedDisk(sharesBlocks: true)
    let store = try Self.store(disk)
    for step in 1...3 { try store.save(Self.checkpoint(UInt64(step)), as: "best.ckpt") }
    #expect(disk.sharedBytes == 2 * Self.frozenBytes)
    try expectSound(store, Self.checkpoint(3))
  }

  @Test("nothing, where it isn't wanted, or the disk can't")
  func off() throws {
    for (isAble, isWanted) in [(true, false), (false, true)] {
      let disk = SimulatedDisk(sharesBlocks: isAble)
      let store = try Self.store(disk, shares: isWanted)
      for step in 1...2 { try store.save(Self.checkpoint(UInt64(step))) }
      #expect(!disk.operations.contains { $0.kind == .share })
      try expectSound(store, Self.checkpoint(2))
    }
  }

  // MARK: Nobody can tell

  @Test(
    "after any changes each file is to the byte what it is without sharing", arguments: 1...4)
  func sameBytes(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let sharing = SimulatedDisk(sharesBlocks: true)
    let writing = SimulatedDisk(sharesBlocks: false)
    var checkpoint = Self.checkpoint(1)
    checkpoint.runID = .random()
    checkpoint.wallTime = Timestamp(nanoseconds: 1)
    var save = SaveOptions(chunkSizeBytes: Self.chunkBytes, created: Timestamp(nanoseconds: 1))
    for step in 1...8 {
      save.fileID = .random()
      if Int.random(in: 0..<4, using: &random) == 0 {
        save.compression = try #require(Compression.allCases.randomElement(using: &random))
        save.digests.toggle()
        save.chunkSizeBytes = Self.chunkBytes << Int.random(in: 0...1, using: &random)
      }
      checkpoint.step = UInt64(step)
      for disk in [sharing, writing] { try Self.store(disk, save).save(checkpoint, as: "\(step)") }
      #expect(try file("\(step)", on: sharing) == file("\(step)", on: writing), "step \(step)")
      try expectSound(try Self.store(sharing, save), checkpoint)
      Self.mutate(&checkpoint, &random)
    }
    #expect(sharing.sharedBytes > 0)
  }

  private static func mutate(_ checkpoint: inout Checkpoint, _ random: inout SplitMix64) {
    guard let name = checkpoint.tensors.keys.sorted().randomElement(using: &random),
      let tensor = checkpoint.tensors[name]
    else { return }
    var bytes = tensor.withUnsafeBytes { [UInt8]($0) }
    switch Int.random(in: 0..<6, using: &random) {
    case 0: checkpoint.tensors[name + "'"] = Self.tensor(1, seed: random.next())
    case 1: checkpoint.tensors[name + "-copy"] = tensor
    case 2 where checkpoint.tensors.count > 2: checkpoint.tensors[name] = nil
    case 3: checkpoint.tensors[name] = Tensor(bytes)
    case 4: checkpoint.tensors[name] = Tensor(bytes + bytes.prefix(8))
    default:
      if !bytes.isEmpty { bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 }
      checkpoint.tensors[name] = try? Tensor(
        dtype: tensor.dtype, shape: tensor.shape, bytes: bytes)
    }
  }

  // MARK: The earlier file is not trusted

  @Test("damage of the earlier file, padding included, never gets into the next one")
  func damage() throws {
    for (place, lostBytes) in [
      // In the first chunk; in the padding behind the last one.
      (UInt64(100), Self.chunkBytes), (UInt64(3 * Self.chunkBytes + 4000), 4096),
    ] {
      let disk = SimulatedDisk(sharesBlocks: true)
      let store = try Self.store(disk)
      let old = try store.save(Self.checkpoint(1))
      let start = try store.reader(old).chunkInfos("frozen")[0].byteOffset
      try change(old.fileName, on: disk, at: start + place) { $0 ^ 4 }
      #expect(try store.verify(old).state != .intact)
      try store.save(Self.checkpoint(2))
      #expect(disk.sharedBytes == Self.frozenBytes - lostBytes)
      try expectSound(store, Self.checkpoint(2))
    }
  }

  @Test("an earlier file that can't be read is no reason not to save", arguments: [false, true])
  func unreadable(_ isRemoved: Bool) throws {
    let disk = SimulatedDisk(sharesBlocks: true)
    let store = try Self.store(disk)
    let old = try store.save(Self.checkpoint(1))
    if isRemoved {
      try disk.openDirectory("/run").remove(old.fileName)
    } else {
      try disk.openDirectory("/run").open(old.fileName, .readWrite).truncate(sizeBytes: 5000)
    }
    try store.save(Self.checkpoint(2))
    #expect(disk.sharedBytes == 0)
    try expectSound(store, Self.checkpoint(2))
  }

  // MARK: The file system is not trusted

  @Test(
    "a file system that refuses, or stops half-way, has the chunks written, and is not asked again",
    arguments: [
      Fault.Effect.fail(.notSupported), .fail(.invalidArgument), .fail(.noSpace), .fail(.ioError),
      .failAfterwards(.ioError), .short(limitBytes: 4096),
    ])
  func refusal(_ effect: Fault.Effect) throws {
    let disk = SimulatedDisk(sharesBlocks: true, faults: [Fault(effect, at: .share)])
    let store = try Self.store(disk)
    for step in 1...3 { try store.save(Self.checkpoint(UInt64(step))) }
    #expect(disk.operations.count { $0.kind == .share } == 1)
    try expectSound(store, Self.checkpoint(3))
  }

  @Test("a state that has no room but for what it shares is saved")
  func fullDisk() throws {
    let whole = SimulatedDisk(sharesBlocks: true)
    let size = Int(try Self.store(whole).save(Self.checkpoint(1)).sizeBytes)
    for (shares, fits) in [(true, true), (false, false)] {
      let room = UInt64(size + size - Self.frozenBytes / 2)
      let disk = SimulatedDisk(capacityBytes: room, sharesBlocks: true)
      let store = try Self.store(disk, shares: shares)
      try store.save(Self.checkpoint(1))
      let result = Result { try store.save(Self.checkpoint(2)) }
      #expect(((try? result.get()) != nil) == fits)
    }
  }
}
