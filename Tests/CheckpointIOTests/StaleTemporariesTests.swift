import CheckpointIO
import SimulatedDisk
import SystemPackage
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What a dead writer left goes; what a living one writes stays.
@Suite struct StaleTemporariesTests {
  @Test("Only temporaries whose lock is free go, however young", arguments: [true, false])
  func removesUnlocked(isSimulated: Bool) throws {
    let temporary = TemporaryDirectory()
    let directory = isSimulated ? try SimulatedDisk().openDirectory("/") : try temporary.open()
    let writing = try AtomicFile(in: directory, expectedSizeBytes: 10)
    try directory.put([1], as: ".ckpt-tmp-dead")
    try directory.put([], as: ".ckpt-tmp-0123456789abcdef")
    try directory.put([2], as: ".other-tmp")
    try directory.publish([3], as: "a")
    #expect(
      try StaleTemporaries.remove(in: directory)
        == [".ckpt-tmp-0123456789abcdef", ".ckpt-tmp-dead"])
    #expect(
      try directory.entryNames().sorted() == [writing.temporaryName, ".other-tmp", "a"].sorted())
    try writing.commit(as: "b", replacing: false)
    #expect(try StaleTemporaries.remove(in: directory).isEmpty)
  }

  @Test("A temporary that is locked by somebody who only reads it stays too")
  func keepsLockedByReader() throws {
    let directory = try SimulatedDisk().openDirectory("/")
    try directory.put([1], as: ".ckpt-tmp-read")
    let reader = try directory.open(".ckpt-tmp-read", .read)
    #expect(try reader.tryLock(.shared))
    #expect(try StaleTemporaries.remove(in: directory).isEmpty)
    reader.close()
    #expect(try StaleTemporaries.remove(in: directory) == [".ckpt-tmp-read"])
  }

  @Test("A directory or a link of such a name is nobody's temporary")
  func keepsOtherKinds() throws {
    let temporary = TemporaryDirectory()
    let directory = try temporary.open()
    _ = try directory.makeDirectory(".ckpt-tmp-directory")
    try directory.put([1], as: "victim")
    symlink("victim", temporary.path.appending(".ckpt-tmp-link").string)
    #expect(try StaleTemporaries.remove(in: directory).isEmpty)
    #expect(
      try directory.entryNames().sorted() == [".ckpt-tmp-directory", ".ckpt-tmp-link", "victim"])
  }

  @Test("A name that has become another file's between opening and locking it stays")
  func keepsReplaced() throws {
    let directory = HookedDirectory(try SimulatedDisk().openDirectory("/"))
    try directory.put([1], as: ".ckpt-tmp-x")
    directory.afterOpening = { name in
      directory.afterOpening = nil
      try directory.remove(name)
      try directory.put([2], as: name)
    }
    #expect(try StaleTemporaries.remove(in: directory).isEmpty)
    #expect(try directory.contents(of: ".ckpt-tmp-x") == [2])
  }

  @Test("Those of a killed process go", .timeLimit(.minutes(1)))
  func removesThoseOfKilled() async throws {
    let temporary = TemporaryDirectory()
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = temporary.path.string as String] in
      let directory = try PosixFileSystem().openDirectory(FilePath(path))
      let file = try AtomicFile(in: directory, expectedSizeBytes: 10)
      let names = try directory.entryNames()
      precondition(names == [file.temporaryName])
      kill(getpid(), SIGKILL)
    }
    let directory = try temporary.open()
    #expect(try directory.entryNames().count == 1)
    #expect(try StaleTemporaries.remove(in: directory).count == 1)
    #expect(try directory.entryNames().isEmpty)
  }
}
