import CheckpointIO
import SystemPackage

/// The real disk, with calls that fail for the system's sake.
final class FailingFileSystem: FileSystem, @unchecked Sendable {
  private let base = PosixFileSystem()
  /// How many of the next opens for reading fail with EMFILE.
  var failingOpenCount = 0
  /// After how many listings of pins these fail with EMFILE.
  var soundPinListingCount = Int.max

  func openDirectory(_ path: FilePath) throws(IOError) -> any Directory {
    FailingDirectory(try base.openDirectory(path), self)
  }
  func createDirectory(_ path: FilePath) throws(IOError) { try base.createDirectory(path) }
  func status(of path: FilePath) throws(IOError) -> FileStatus { try base.status(of: path) }
}

private final class FailingDirectory: Directory {
  private let base: any Directory
  private let system: FailingFileSystem

  init(_ base: any Directory, _ system: FailingFileSystem) {
    self.base = base
    self.system = system
  }

  var path: FilePath { base.path }

  func open(_ name: String, _ mode: OpenMode) throws(IOError) -> any File {
    if mode == .read, system.failingOpenCount > 0 {
      system.failingOpenCount -= 1
      throw IOError(.tooManyOpenFiles, operation: "open", path: path)
    }
    return try base.open(name, mode)
  }

  func openDirectory(_ name: String) throws(IOError) -> any Directory {
    if name == "pins" {
      system.soundPinListingCount -= 1
      if system.soundPinListingCount < 0 {
        throw IOError(.tooManyOpenFiles, operation: "open", path: path)
      }
    }
    return FailingDirectory(try base.openDirectory(name), system)
  }

  func rename(_ source: String, to target: String, replacing: Bool) throws(IOError) {
    try base.rename(source, to: target, replacing: replacing)
  }
  func rename(
    _ source: String, to target: String, in other: any Directory
  ) throws(IOError) {
    try base.rename(source, to: target, in: other)
  }
  func remove(_ name: String) throws(IOError) { try base.remove(name) }
  func status(of name: String) throws(IOError) -> FileStatus { try base.status(of: name) }
  func entryNames() throws(IOError) -> [String] { try base.entryNames() }
  func synchronize() throws(IOError) { try base.synchronize() }
  func freeSpaceBytes() throws(IOError) -> UInt64 { try base.freeSpaceBytes() }
  func makeDirectory(_ name: String) throws(IOError) -> any Directory {
    FailingDirectory(try base.makeDirectory(name), system)
  }
}
