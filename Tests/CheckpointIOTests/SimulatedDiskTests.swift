import CheckpointIO
import SimulatedDisk
import SystemPackage
import Testing

/// The simulated disk itself: which states it leaves, worked out by hand.
@Suite struct SimulatedDiskTests {
  /// A disk with pages of 2 bytes and a file `a` of 4 bytes, durable.
  private func disk(faults: [Fault] = []) -> SimulatedDisk {
    SimulatedDisk(
      mounting: DiskImage(entries: ["a": .file([1, 1, 1, 1])]), pageSizeBytes: 2, faults: faults)
  }

  private func contents(
    of name: String, _ disk: SimulatedDisk, _ model: SurvivalModel = .anySubset
  ) -> Set<[UInt8]?> {
    Set(
      disk.survivingStates(model).images.map { image in
        if case .file(let bytes) = image.entries[name] { bytes } else { nil }
      })
  }

  private func names(_ disk: SimulatedDisk, _ model: SurvivalModel) -> Set<[String]> {
    Set(disk.survivingStates(model).images.map { $0.entries.keys.sorted() })
  }

  private func write(_ bytes: [UInt8], at offset: UInt64, _ file: any File) throws {
    _ = try bytes.withUnsafeBytes { try file.write($0, at: offset) }
  }

  @Test("A page written since the last fsync is old, torn or new; the others are as they were")
  func losesPages() throws {
    let disk = disk()
    let file = try disk.openDirectory("/").open("a", .readWrite)
    try write([2, 2], at: 0, file)
    #expect(contents(of: "a", disk) == [[1, 1, 1, 1], [2, 1, 1, 1], [2, 2, 1, 1]])
    try file.synchronize()
    #expect(contents(of: "a", disk) == [[2, 2, 1, 1]])
  }

  @Test("Pages survive independently, each as any of the writes since has left it")
  func losesPagesIndependently() throws {
    let disk = disk()
    let file = try disk.openDirectory("/").open("a", .readWrite)
    try write([2, 2, 2, 2], at: 0, file)
    try write([3, 3], at: 2, file)
    // First page: old, torn, new. Second: old, torn, first write, second write.
    #expect(contents(of: "a", disk).count == 3 * 4)
  }

  @Test("The size is any since the last fsync, and what was never written reads as zeros")
  func losesSize() throws {
    let disk = disk()
    let file = try disk.openDirectory("/").open("a", .readWrite)
    #expect(try file.allocate(sizeBytes: 6))
    #expect(contents(of: "a", disk) == [[1, 1, 1, 1], [1, 1, 1, 1, 0, 0]])
    try file.truncate(sizeBytes: 2)
    #expect(contents(of: "a", disk).contains([1, 1]))
    #expect(contents(of: "a", disk).contains([1, 1, 0, 0]))
    try file.synchronize()
    #expect(contents(of: "a", disk) == [[1, 1]])
  }

  @Test("Names are durable after the directory's fsync only: a first few, or any of them")
  func losesNames() throws {
    let disk = SimulatedDisk()
    let directory = try disk.openDirectory("/")
    for name in ["a", "b", "c"] { try directory.open(name, .createExclusive).synchronize() }
    #expect(names(disk, .orderedPrefix) == [[], ["a"], ["a", "b"], ["a", "b", "c"]])
    #expect(names(disk, .anySubset).count == 8)
    try directory.synchronize()
    try directory.remove("b")
    try directory.rename("c", to: "a", replacing: true)
    #expect(
      names(disk, .orderedPrefix) == [["a", "b", "c"], ["a", "c"], ["a"]])
    #expect(
      names(disk, .anySubset) == [["a", "b", "c"], ["a", "c"], ["a", "b"], ["a"]])
  }

  @Test("A name that is durable may lead to a file that isn't")
  func separatesNamesAndContents() throws {
    let disk = SimulatedDisk(pageSizeBytes: 2)
    let directory = try disk.openDirectory("/")
    let file = try directory.open("a", .createExclusive)
    try write([2, 2], at: 0, file)
    try directory.synchronize()
    #expect(contents(of: "a", disk) == [[], [0, 0], [2, 0], [2, 2]])
    try file.synchronize()
    #expect(contents(of: "a", disk) == [[2, 2]])
  }

  @Test("A file that moves to another directory is in one of them, never in both or none")
  func movesWhole() throws {
    let disk = disk()
    let directory = try disk.openDirectory("/")
    let trash = try directory.makeDirectory("trash")
    try directory.rename("a", to: "b", in: trash)
    let moved = DiskImage(entries: ["b": .file([1, 1, 1, 1])])
    #expect(
      Set(disk.survivingStates(.anySubset).images) == [
        DiskImage(entries: ["a": .file([1, 1, 1, 1]), "trash": .directory(DiskImage())]),
        DiskImage(entries: ["trash": .directory(moved)]),
      ])
    try trash.synchronize()
    #expect(disk.survivingStates(.anySubset).images.count == 1)
  }

  @Test("A directory's name is as fragile as a file's")
  func losesDirectories() throws {
    let disk = SimulatedDisk(faults: [Fault(.failAndForget, at: .synchronizeDirectory)])
    let directory = try disk.openDirectory("/")
    #expect(throws: IOError.self) { try directory.makeDirectory("run") }
    #expect(names(disk, .orderedPrefix) == [[], ["run"]])
  }

  @Test("After the power cut every call throws; the image can be mounted and read")
  func cutsPower() throws {
    let disk = SimulatedDisk(powerCutAfterOperation: 2)
    let directory = try disk.openDirectory("/")
    let file = try directory.open("a", .createExclusive)
    try directory.synchronize()
    #expect(throws: IOError.self) { try write([1], at: 0, file) }
    #expect(disk.isPowerOff)
    #expect(throws: IOError.self) { try directory.entryNames() }
    #expect(throws: IOError.self) { try disk.openDirectory("/") }
    #expect(disk.operations.map(\.kind) == [.create, .synchronizeDirectory])
    let image = try #require(disk.survivingStates(.anySubset).images.first)
    #expect(try SimulatedDisk(mounting: image).openDirectory("/").entryNames() == ["a"])
  }

  @Test("An fsync that fails loses the pages for ever; reads show them, and the next succeeds")
  func forgetsPages() throws {
    let disk = disk(faults: [Fault(.failAndForget, at: .synchronizeFile)])
    let file = try disk.openDirectory("/").open("a", .readWrite)
    try write([2, 2], at: 0, file)
    #expect(throws: IOError.self) { try file.synchronize() }
    try file.synchronize()
    #expect(disk.visibleImage == DiskImage(entries: ["a": .file([2, 2, 1, 1])]))
    #expect(contents(of: "a", disk) == [[1, 1, 1, 1]])
    try write([3], at: 0, file)
    try file.synchronize()
    #expect(contents(of: "a", disk) == [[3, 2, 1, 1]])
  }

  @Test("A directory's fsync that fails leaves its names in doubt for ever")
  func forgetsNames() throws {
    let disk = disk(faults: [Fault(.failAndForget, at: .synchronizeDirectory)])
    let directory = try disk.openDirectory("/")
    try directory.rename("a", to: "b", replacing: true)
    #expect(throws: IOError.self) { try directory.synchronize() }
    try directory.synchronize()
    #expect(names(disk, .orderedPrefix) == [["a"], ["b"]])
  }

  @Test("After a shutdown the directory's fsync lies and the file's doesn't")
  func shutsDown() throws {
    let disk = disk(faults: [Fault(.shutDown, at: .synchronizeDirectory)])
    let directory = try disk.openDirectory("/")
    let file = try directory.open("a", .readWrite)
    try directory.rename("a", to: "b", replacing: true)
    try directory.synchronize()
    #expect(names(disk, .orderedPrefix) == [["a"], ["b"]])
    #expect(throws: IOError.self) { try file.synchronize() }
    #expect(throws: IOError.self) { try write([1], at: 0, file) }
    #expect(throws: IOError.self) { try directory.remove("b") }
  }

  @Test("A killed process loses its locks and open files, and nothing that it wrote")
  func killsProcess() throws {
    let disk = disk()
    let directory = try disk.openDirectory("/")
    let file = try directory.open("a", .readWrite)
    #expect(try file.tryLock(.exclusive))
    try write([2], at: 0, file)
    disk.killProcess()
    #expect(throws: IOError.self) { try write([3], at: 0, file) }
    #expect(throws: IOError.self) { try directory.remove("a") }
    let other = try disk.openDirectory("/").open("a", .readWrite)
    #expect(try other.tryLock(.exclusive))
    #expect(disk.visibleImage == DiskImage(entries: ["a": .file([2, 1, 1, 1])]))
  }

  @Test("Too many states are sampled: the same ones for the same seed, the extremes among them")
  func samples() throws {
    let disk = SimulatedDisk(pageSizeBytes: 2)
    let directory = try disk.openDirectory("/")
    let file = try directory.open("a", .createExclusive)
    let bytes = [UInt8](repeating: 1, count: 40)
    try write(bytes, at: 0, file)
    let states = disk.survivingStates(.anySubset, limit: 1000, sampleCount: 300, seed: 7)
    #expect(!states.isExhaustive)
    #expect((200...300).contains(states.images.count))
    for extreme: DiskImage.Entry? in [nil, .file([]), .file(bytes)] {
      #expect(states.images.contains { $0.entries["a"] == extreme })
    }
    let again = disk.survivingStates(.anySubset, limit: 1000, sampleCount: 300, seed: 7)
    #expect(again.images == states.images)
    let other = disk.survivingStates(.anySubset, limit: 1000, sampleCount: 300, seed: 8)
    #expect(other.images != states.images)
  }

  @Test("The generator gives the published numbers")
  func generates() {
    var random = SplitMix64(seed: 1_234_567)
    #expect(random.next() == 6_457_827_717_110_365_317)
    #expect(random.next() == 3_203_168_211_198_807_973)
  }
}
