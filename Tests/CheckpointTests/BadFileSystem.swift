import CheckpointIO
import Foundation
import SystemPackage

/// The real disk with faults: ranges that it can't read, calls that fail for the system's sake.
final class BadFileSystem: FileSystem, @unchecked Sendable {
  let base = PosixFileSystem()
  /// Reads that touch one of these fail with `errno`.
  var badRanges: [Range<UInt64>] = []
  var errno = Errno.ioError
  var renameErrno: Errno?
  var writeErrno: Errno?
  /// How many of the next opens for reading fail with EMFILE.
  var failingOpenCount = 0
  /// Called before a file is opened for reading.
  var beforeReading: ((String) -> Void)?
  /// After how many listings of pins these fail with EMFILE.
  var soundPinListingCount = Int.max

  func openDirectory(_ path: FilePath) throws(IOError) -> any Directory {
    BadDirectory(try base.openDirectory(path), self)
  }
  func createDirectory(_ path: FilePath) throws(IOError) { try base.createDirectory(path) }
  func status(of path: FilePath) throws(IOError) -> FileStatus { try base.status(of: path) }
}

final class BadDirectory: Directory {
  let base: any Directory
  let files: BadFileSystem

  init(_ base: any Directory, _ files: BadFileSystem) {
    self.base = base
    self.files = files
  }

  var path: FilePath { base.path }

  func open(_ name: String, _ mode: OpenMode) throws(IOError) -> any File {
    if mode == .read { files.beforeReading?(name) }
    if mode == .read, files.failingOpenCount > 0 {
      files.failingOpenCount -= 1
      throw IOError(.tooManyOpenFiles, operation: "open", path: path)
    }
    return BadFile(try base.open(name, mode), path: path.appending(name), files)
  }
  func openDirectory(_ name: String) throws(IOError) -> any Directory {
    if name == "pins" {
      files.soundPinListingCount -= 1
      if files.soundPinListingCount < 0 {
        throw IOError(.tooManyOpenFiles, operation: "open", path: path)
      }
    }
    return BadDirectory(try base.openDirectory(name), files)
  }
  func rename(_ source: String, to target: String, replacing: Bool) throws(IOError) {
    if let errno = files.renameErrno {
      throw IOError(errno, operation: "rename", path: path.appending(source))
    }
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
  func makeDirectory(_ name: String) throws(IOError) -> any Directory {
    BadDirectory(try base.makeDirectory(name), files)
  }
}

final class BadFile: File {
  let base: any File
  let path: FilePath
  let files: BadFileSystem

  init(_ base: any File, path: FilePath, _ files: BadFileSystem) {
    self.base = base
    self.path = path
    self.files = files
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(IOError) -> Int {
    let range = offset..<offset + UInt64(buffer.count)
    if files.badRanges.contains(where: { $0.overlaps(range) }) {
      throw IOError(files.errno, operation: "read", path: path)
    }
    return try base.read(into: buffer, at: offset)
  }
  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(IOError) -> Int {
    if let errno = files.writeErrno { throw IOError(errno, operation: "write", path: path) }
    return try base.write(bytes, at: offset)
  }
  func synchronize() throws(IOError) { try base.synchronize() }
  func allocate(sizeBytes: UInt64) throws(IOError) -> Bool {
    try base.allocate(sizeBytes: sizeBytes)
  }
  func truncate(sizeBytes: UInt64) throws(IOError) { try base.truncate(sizeBytes: sizeBytes) }
  func status() throws(IOError) -> FileStatus { try base.status() }
  func tryLock(_ kind: LockKind) throws(IOError) -> Bool { try base.tryLock(kind) }
  func map() throws(IOError) -> MappedBytes { try base.map() }
  func close() { base.close() }
}
