import CheckpointIO
import SimulatedDisk
import SystemPackage
import Testing

/// A file appears whole and under its name, or not at all.
@Suite struct AtomicFileTests {
  static let content = [UInt8](0..<100)

  @Test("A committed file has its content, and no temporary is left")
  func commits() throws {
    let temporary = TemporaryDirectory()
    let directory = try temporary.open()
    let file = try AtomicFile(in: directory, expectedSizeBytes: 100)
    #expect(try directory.entryNames() == [file.temporaryName])
    try Self.content.withUnsafeBytes { try file.write($0, at: 0) }
    try file.commit(as: "a", replacing: false)
    #expect(try directory.entryNames() == ["a"])
    #expect(try directory.contents(of: "a") == Self.content)
  }

  @Test("An existing file is replaced only on request", arguments: [true, false])
  func replaces(isSimulated: Bool) throws {
    let temporary = TemporaryDirectory()
    let directory = isSimulated ? try SimulatedDisk().openDirectory("/") : try temporary.open()
    try directory.publish([1], as: "a")
    let error = #expect(throws: PublishError.self) { try directory.publish([2], as: "a") }
    #expect(error?.outcome == .notSaved)
    #expect(error?.cause.code == .exists)
    #expect(try directory.contents(of: "a") == [1])
    try directory.publish([3], as: "a", replacing: true)
    #expect(try directory.contents(of: "a") == [3])
    #expect(try directory.entryNames() == ["a"])
  }

  @Test("A file that is discarded, or let go, leaves nothing")
  func discards() throws {
    let temporary = TemporaryDirectory()
    let directory = try temporary.open()
    let discarded = try AtomicFile(in: directory)
    discarded.discard()
    let error = #expect(throws: IOError.self) {
      try Self.content.withUnsafeBytes { try discarded.write($0, at: 0) }
    }
    #expect(error?.code == .closed)
    _ = try AtomicFile(in: directory, expectedSizeBytes: 10)
    #expect(try directory.entryNames().isEmpty)
  }

  @Test(
    "Space reserved beyond what was written is given back", arguments: [true, false],
    [10_000, 2_000_000] as [UInt64])
  func cutsReservation(isSimulated: Bool, reservedBytes: UInt64) throws {
    let temporary = TemporaryDirectory()
    let directory = isSimulated ? try SimulatedDisk().openDirectory("/") : try temporary.open()
    let file = try AtomicFile(in: directory, expectedSizeBytes: reservedBytes)
    try Self.content.withUnsafeBytes { try file.write($0, at: 0) }
    try file.commit(as: "a", replacing: false)
    #expect(try directory.contents(of: "a") == Self.content)
  }

  @Test("Writes may come in any order, and the size be set", arguments: [true, false])
  func writesAnywhere(isSimulated: Bool) throws {
    let temporary = TemporaryDirectory()
    let directory = isSimulated ? try SimulatedDisk().openDirectory("/") : try temporary.open()
    let file = try AtomicFile(in: directory)
    try [UInt8(3)].withUnsafeBytes { try file.write($0, at: 3) }
    try [UInt8(1)].withUnsafeBytes { try file.write($0, at: 1) }
    try [].withUnsafeBytes { try file.write($0, at: 1000) }
    try file.truncate(sizeBytes: 5)
    try file.commit(as: "a", replacing: false)
    #expect(try directory.contents(of: "a") == [0, 1, 0, 3, 0])
  }

  @Test(
    "The size is set where it is another: 100 bytes are written", arguments: [99, 100, 101, 200])
  func setsSize(sizeBytes: Int) throws {
    for reservedBytes in [nil, 100, 150] as [UInt64?] {
      let disk = SimulatedDisk()
      let directory = try disk.openDirectory("/")
      let file = try AtomicFile(in: directory, expectedSizeBytes: reservedBytes)
      try Self.content.withUnsafeBytes { try file.write($0, at: 0) }
      try file.truncate(sizeBytes: UInt64(sizeBytes))
      try file.commit(as: "a", replacing: false)
      let padded = Self.content + [UInt8](repeating: 0, count: 100)
      #expect(try directory.contents(of: "a") == [UInt8](padded[..<sizeBytes]))
      let hasSize = sizeBytes == 100 && reservedBytes != 150
      #expect(disk.operations.contains { $0.kind == .truncate } == !hasSize)
    }
  }

  @Test("Threads write distinct ranges at the same time")
  func writesConcurrently() throws {
    let temporary = TemporaryDirectory()
    let directory = try temporary.open()
    let pieces = 64
    let file = try AtomicFile(in: directory, expectedSizeBytes: UInt64(pieces * 4096))
    try BlockingPool(threadCount: 4).forEach(count: pieces) { index throws(any Error) in
      let piece = [UInt8](repeating: UInt8(index), count: 4096)
      try piece.withUnsafeBytes { try file.write($0, at: UInt64(index * 4096)) }
    }
    try file.commit(as: "a", replacing: false)
    let content = try directory.contents(of: "a")
    #expect(content.count == pieces * 4096)
    #expect(content.indices.allSatisfy { content[$0] == UInt8($0 / 4096) })
  }

  @Test("The protocol: reserve, write, fsync once, rename, fsync of the directory, fsync again")
  func protocolSteps() throws {
    let disk = SimulatedDisk()
    try disk.openDirectory("/").publish(Self.content, as: "a")
    #expect(
      disk.operations.map(\.kind) == [
        .create, .allocate, .write, .synchronizeFile, .rename, .synchronizeDirectory,
        .synchronizeFile,
      ])
  }

  @Test("Too little free space shows before anything is written, with the figures")
  func checksFreeSpace() throws {
    let disk = SimulatedDisk(capacityBytes: 1000)
    let directory = try disk.openDirectory("/")
    let error = #expect(throws: IOError.self) {
      try AtomicFile(in: directory, expectedSizeBytes: 1001)
    }
    #expect(error?.code == .noSpace)
    #expect(error?.operation == "reserve 1001 bytes (1000 are free)")
    #expect(try directory.entryNames().isEmpty)
    try directory.publish(Self.content, as: "a")
    #expect(try directory.freeSpaceBytes() == 900)
  }

  @Test("A name that is taken by another temporary is left alone")
  func keepsOthersTemporary() throws {
    let directory = try SimulatedDisk().openDirectory("/")
    let first = try AtomicFile(in: directory, temporaryName: ".ckpt-tmp-x")
    let error = #expect(throws: IOError.self) {
      try AtomicFile(in: directory, temporaryName: ".ckpt-tmp-x")
    }
    #expect(error?.code == .exists)
    #expect(try directory.temporaryNames() == [first.temporaryName])
  }

  @Test("A sweep between making and locking a temporary costs another name, not the file")
  func survivesSweep() throws {
    let directory = HookedDirectory(try SimulatedDisk().openDirectory("/"))
    directory.afterOpening = { name in
      guard TemporaryName.matches(name) else { return }
      directory.afterOpening = nil
      let removed = try StaleTemporaries.remove(in: directory)
      #expect(removed == [name])
    }
    try directory.publish(Self.content, as: "a")
    #expect(try directory.entryNames() == ["a"])
  }

  @Test("Committing twice is a bug of the caller")
  func commitsOnce() async {
    await #expect(processExitsWith: .failure) {
      let file = try AtomicFile(in: SimulatedDisk().openDirectory("/"))
      try file.commit(as: "a", replacing: false)
      try file.commit(as: "b", replacing: false)
    }
  }

  @Test("Space that is only a bound may be missing; space that is known may not")
  func boundedSpace() throws {
    let disk = SimulatedDisk(capacityBytes: 1 << 20)
    let directory = try disk.openDirectory("/")
    #expect(throws: IOError.self) { try AtomicFile(in: directory, expectedSizeBytes: 1 << 30) }
    let file = try AtomicFile(in: directory, expectedSizeBytes: 1 << 30, isBound: true)
    try Self.content.withUnsafeBytes { try file.write($0, at: 0) }
    try file.commit(as: "a", replacing: false)
    #expect(try directory.contents(of: "a") == Self.content)
  }

  @Test("What is written past the page cache, and what isn't, stands where it was put")
  func writesThrough() throws {
    let temporary = TemporaryDirectory()
    let directory = try temporary.open()
    let file = try AtomicFile(in: directory, expectedSizeBytes: 1 << 20)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 4096)
    defer { memory.deallocate() }
    for place in memory.indices { memory[place] = UInt8(truncatingIfNeeded: place / 4096 + 1) }
    // Neighbours by both ways, out of order, and a short piece at the end.
    try file.write(UnsafeRawBufferPointer(memory), at: 1 << 16, through: true)
    try file.write(UnsafeRawBufferPointer(rebasing: memory[..<8192]), at: 0)
    try file.write(UnsafeRawBufferPointer(rebasing: memory[..<57344]), at: 8192, through: true)
    try file.write(UnsafeRawBufferPointer(rebasing: memory[..<10]), at: 1 << 17)
    try file.synchronize()
    try file.commit(as: "a", replacing: false)
    let all = Array(memory)
    #expect(
      try directory.contents(of: "a") == all[..<8192] + all[..<57344] + all + all[..<10])
  }
}
