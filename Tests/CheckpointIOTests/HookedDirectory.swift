import CheckpointIO
import SystemPackage

/// A directory in which something happens just after a file is opened, as if by another process.
final class HookedDirectory: Directory {
  private let base: any Directory
  private let hook: Locked<(@Sendable (String) throws -> Void)?> = Locked(nil)

  init(_ base: any Directory) { self.base = base }

  var afterOpening: (@Sendable (String) throws -> Void)? {
    get { hook.withLock { $0 } }
    set { hook.withLock { $0 = newValue } }
  }

  var path: FilePath { base.path }

  func open(_ name: String, _ mode: OpenMode) throws(IOError) -> any File {
    let file = try base.open(name, mode)
    try? afterOpening?(name)
    return file
  }

  func rename(_ source: String, to target: String, replacing: Bool) throws(IOError) {
    try base.rename(source, to: target, replacing: replacing)
  }

  func rename(_ source: String, to target: String, in other: any Directory) throws(IOError) {
    try base.rename(source, to: target, in: other)
  }

  func remove(_ name: String) throws(IOError) { try base.remove(name) }

  func status(of name: String) throws(IOError) -> FileStatus { try base.status(of: name) }

  func entryNames() throws(IOError) -> [String] { try base.entryNames() }

  func synchronize() throws(IOError) { try base.synchronize() }

  func freeSpaceBytes() throws(IOError) -> UInt64 { try base.freeSpaceBytes() }

  func openDirectory(_ name: String) throws(IOError) -> any Directory {
    try base.openDirectory(name)
  }

  func makeDirectory(_ name: String) throws(IOError) -> any Directory {
    try base.makeDirectory(name)
  }
}
