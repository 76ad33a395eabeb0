import CheckpointIO
import SystemPackage
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Files of the real disk.
@Suite struct PosixFileTests {
  private let temporary = TemporaryDirectory()

  @Test("What is written is read, also at an offset beyond the end")
  func writesAndReads() throws {
    let file = try temporary.open().open("a", .createExclusive)
    let bytes: [UInt8] = [1, 2, 3]
    #expect(try bytes.withUnsafeBytes { try file.write($0, at: 5) } == 3)
    #expect(try [].withUnsafeBytes { try file.write($0, at: 0) } == 0)
    var buffer = [UInt8](repeating: 9, count: 10)
    #expect(try buffer.withUnsafeMutableBytes { try file.read(into: $0, at: 4) } == 4)
    #expect(buffer == [0, 1, 2, 3, 9, 9, 9, 9, 9, 9])
    #expect(try buffer.withUnsafeMutableBytes { try file.read(into: $0, at: 8) } == 0)
    try file.synchronize()
  }

  @Test("An offset that the system can't express is an error")
  func refusesHugeOffsets() throws {
    let file = try temporary.open().open("a", .createExclusive)
    let error = #expect(throws: IOError.self) {
      try [UInt8(1)].withUnsafeBytes { try file.write($0, at: .max) }
    }
    #expect(error?.errno == .fileTooLarge)
    #expect(throws: IOError.self) { try file.truncate(sizeBytes: .max) }
    #expect(throws: IOError.self) { try file.allocate(sizeBytes: .max) }
  }

  @Test("Reserving sets the size, and what is reserved reads as zeros")
  func allocates() throws {
    let directory = try temporary.open()
    let file = try directory.open("a", .createExclusive)
    if try file.allocate(sizeBytes: 3_000_000) {
      #expect(try file.status().sizeBytes == 3_000_000)
      #expect(try directory.contents(of: "a") == [UInt8](repeating: 0, count: 3_000_000))
    }
    try file.truncate(sizeBytes: 10)
    #expect(try file.status().sizeBytes == 10)
  }

  @Test(
    "Little is not reserved: its one fsync reserves and writes it",
    arguments: [0, 10_000] as [UInt64])
  func leavesLittle(sizeBytes: UInt64) throws {
    let file = try temporary.open().open("a", .createExclusive)
    #expect(try !file.allocate(sizeBytes: sizeBytes))
    #expect(try file.status().sizeBytes == 0)
  }

  @Test("More than there is can't be reserved")
  func allocatesTooMuch() throws {
    let directory = try temporary.open()
    let file = try directory.open("a", .createExclusive)
    let error = #expect(throws: IOError.self) {
      // On a file system that can't reserve there is no error; say so.
      guard try file.allocate(sizeBytes: 1 << 50) else {
        throw IOError(.noSpace, operation: "not supported", path: directory.path)
      }
    }
    #expect(error?.code == .noSpace || error?.errno == .fileTooLarge)
  }

  @Test("Status tells size, identity and kind")
  func status() throws {
    let directory = try temporary.open()
    try directory.put([1, 2], as: "a")
    try directory.put([1, 2], as: "b")
    let file = try directory.open("a", .read)
    let status = try file.status()
    #expect(status.kind == .regular)
    #expect(status.sizeBytes == 2)
    #expect(try status == directory.status(of: "a"))
    #expect(try !status.isSameFile(as: directory.status(of: "b")))
    #expect(abs(status.modifiedNanoseconds / 1_000_000_000 - Int64(time(nil))) < 60)
  }

  @Test("A mapping outlives its file; an empty one can be had too")
  func maps() throws {
    let directory = try temporary.open()
    try directory.put([1, 2, 3], as: "a")
    try directory.put([], as: "empty")
    let file = try directory.open("a", .read)
    let mapped = try file.map()
    file.close()
    try directory.remove("a")
    #expect(mapped.withUnsafeBytes { Array($0) } == [1, 2, 3])
    #expect(try directory.open("empty", .read).map().withUnsafeBytes { $0.count } == 0)
  }

  @Test("Locks exclude one another between open files, not within one")
  func locks() throws {
    let directory = try temporary.open()
    let first = try directory.open("lock", .readWriteCreating)
    let second = try directory.open("lock", .readWriteCreating)
    #expect(try first.tryLock(.shared))
    #expect(try second.tryLock(.shared))
    #expect(try !first.tryLock(.exclusive))
    second.close()
    #expect(try first.tryLock(.exclusive))
    #expect(try first.tryLock(.exclusive))
    let third = try directory.open("lock", .readWrite)
    #expect(try !third.tryLock(.shared))
    first.close()
    #expect(try third.tryLock(.shared))
  }

  @Test("A closed file says that it is closed, and closing again does nothing")
  func closes() throws {
    let file = try temporary.open().open("a", .createExclusive)
    file.close()
    file.close()
    let errors = [
      #expect(throws: IOError.self) { try file.synchronize() },
      #expect(throws: IOError.self) { try file.status() },
      #expect(throws: IOError.self) { try file.truncate(sizeBytes: 0) },
      #expect(throws: IOError.self) { try file.map() },
      #expect(throws: IOError.self) { try file.tryLock(.shared) },
    ]
    for error in errors { #expect(error?.code == .closed) }
  }

  @Test("Closing while others write never lets a write go to another file")
  func closesUnderLoad() throws {
    let directory = try temporary.open()
    for round in 0..<50 {
      let file = try directory.open("file-\(round)", .createExclusive)
      let bytes = [UInt8](repeating: 1, count: 64)
      BlockingPool.shared.forEach(count: 8) { index throws(Never) in
        if index == 4 {
          file.close()
          // Likely gets the number that has just become free.
          try? directory.put([], as: "bystander-\(round)")
        }
        _ = try? bytes.withUnsafeBytes { try file.write($0, at: 0) }
      }
      #expect(try directory.status(of: "bystander-\(round)").sizeBytes == 0)
    }
  }

  @Test("Descriptors are closed with the last reference")
  func keepsNoDescriptors() throws {
    let directory = try temporary.open()
    try directory.put([1], as: "a")
    // More than a process may have open.
    for _ in 0..<3000 {
      _ = try directory.open("a", .read)
      _ = try directory.entryNames()
      _ = try temporary.open()
    }
  }

  @Test("Descriptors aren't passed on to programs that are started")
  func passesNoDescriptorsOn() throws {
    let directory = try temporary.open()
    let file = try directory.open("a", .createExclusive)
    let inode = try file.status().inode
    let own = (Int32(3)..<1024).filter { descriptor in
      var status = stat()
      return fstat(descriptor, &status) == 0 && UInt64(status.st_ino) == inode
    }
    #expect(own.count == 1)
    for descriptor in own { #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0) }
    file.close()
  }
}
