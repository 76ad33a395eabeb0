import CheckpointIO
import SystemPackage
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Directories of the real disk.
@Suite struct PosixFileSystemTests {
  private let temporary = TemporaryDirectory()
  private let disk = PosixFileSystem()

  @Test("Missing directories are made, however many; an existing one is no error")
  func createsDirectories() throws {
    let path = temporary.path.appending("a/b/c")
    try disk.createDirectory(path)
    try disk.createDirectory(path)
    #expect(try disk.status(of: path).kind == .directory)
    _ = try disk.openDirectory(temporary.path.appending("a")).makeDirectory("b")
    #expect(try temporary.open().entryNames() == ["a"])
  }

  @Test("A file in the way of a directory is an error")
  func reportsFileInTheWay() throws {
    try temporary.open().put([1], as: "file")
    for name in ["file", "file/below"] {
      #expect(throws: IOError.self) { try disk.createDirectory(temporary.path.appending(name)) }
    }
    #expect(throws: IOError.self) { try temporary.open().makeDirectory("file") }
    #expect(throws: IOError.self) { try disk.openDirectory(temporary.path.appending("file")) }
  }

  @Test("What is missing is not found")
  func reportsMissing() throws {
    let directory = try temporary.open()
    let path = temporary.path.appending("missing")
    let errors = [
      #expect(throws: IOError.self) { try disk.openDirectory(path) },
      #expect(throws: IOError.self) { try disk.status(of: path) },
      #expect(throws: IOError.self) { try directory.open("missing", .read) },
      #expect(throws: IOError.self) { try directory.open("missing", .readWrite) },
      #expect(throws: IOError.self) { try directory.status(of: "missing") },
      #expect(throws: IOError.self) { try directory.remove("missing") },
    ]
    for error in errors {
      #expect(error?.code == .notFound)
      #expect(error?.path == path)
      #expect(error?.errno == .noSuchFileOrDirectory)
    }
  }

  @Test("Names are one component; nothing gets out of the directory, nothing is cut off")
  func checksNames() throws {
    let directory = try temporary.open()
    let long = String(repeating: "x", count: 256)
    for name in ["", ".", "..", "a/b", "/", "a\0b", long] {
      #expect(throws: IOError.self) { try directory.open(name, .createExclusive) }
      #expect(throws: IOError.self) { try directory.rename("a", to: name, replacing: true) }
      #expect(throws: IOError.self) { try directory.remove(name) }
      #expect(throws: IOError.self) { try directory.makeDirectory(name) }
    }
    try directory.put([], as: String(repeating: "x", count: 255))
    try directory.put([], as: "…é 日本")
    #expect(try directory.entryNames().count == 2)
  }

  @Test("A rename replaces only on request")
  func renames() throws {
    let directory = try temporary.open()
    try directory.put([1], as: "a")
    try directory.put([2], as: "b")
    let error = #expect(throws: IOError.self) {
      try directory.rename("a", to: "b", replacing: false)
    }
    #expect(error?.code == .exists)
    #expect(try directory.contents(of: "b") == [2])
    try directory.rename("a", to: "b", replacing: true)
    #expect(try directory.contents(of: "b") == [1])
    try directory.rename("b", to: "c", replacing: false)
    #expect(try directory.entryNames() == ["c"])
  }

  @Test("A file moves to another directory, and is the same file")
  func movesBetweenDirectories() throws {
    let directory = try temporary.open()
    let trash = try directory.makeDirectory("trash")
    try directory.put([1], as: "a")
    let status = try directory.status(of: "a")
    try directory.rename("a", to: "b", in: trash)
    #expect(try directory.entryNames() == ["trash"])
    #expect(try trash.status(of: "b").isSameFile(as: status))
    try directory.synchronize()
    try trash.synchronize()
  }

  @Test("A directory that is renamed while it is open is still the one that was opened")
  func followsTheDirectory() throws {
    let directory = try temporary.open()
    let child = try directory.makeDirectory("before")
    let path = temporary.path
    #expect(rename(path.appending("before").string, path.appending("after").string) == 0)
    try child.put([1], as: "a")
    #expect(try disk.status(of: path.appending("after/a")).sizeBytes == 1)
  }

  @Test("Symbolic links in it are never followed; a named pipe doesn't hang")
  func refusesLinks() throws {
    let directory = try temporary.open()
    try directory.put([1], as: "target")
    symlink("target", temporary.path.appending("link").string)
    mkfifo(temporary.path.appending("pipe").string, 0o600)
    #expect(throws: IOError.self) { try directory.open("link", .read) }
    #expect(throws: IOError.self) { try directory.open("link", .readWriteCreating) }
    #expect(throws: IOError.self) { try directory.open("link", .createExclusive) }
    #expect(try directory.status(of: "link").kind == .other)
    #expect(try disk.status(of: temporary.path.appending("link")).kind == .regular)
    let pipe = try directory.open("pipe", .read)
    #expect(try pipe.status().kind == .other)
  }

  @Test("Names that aren't UTF-8 are passed over")
  func passesOverForeignNames() throws {
    let path: [CChar] = temporary.path.string.utf8CString.dropLast() + [0x2F, -1, -2, 0]
    let made = creat(path, 0o600)
    // Some systems refuse to make one; then there is nothing to pass over.
    if made >= 0 { close(made) }
    defer { unlink(path) }
    try temporary.open().put([], as: "a")
    #expect(try temporary.open().entryNames() == ["a"])
  }

  @Test("Free space is told, and directories can be listed again and again")
  func looks() throws {
    let directory = try temporary.open()
    #expect(try directory.freeSpaceBytes() > 1_000_000)
    for index in 0..<300 { try directory.put([], as: "\(index)") }
    for _ in 0..<2 { #expect(try Set(directory.entryNames()).count == 300) }
  }
}
