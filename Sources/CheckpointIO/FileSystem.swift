package import SystemPackage

/// Where directories are opened: the real disk (`PosixFileSystem`), or in tests a simulated one.
///
/// Every access of the engine to files goes through these three protocols, so that a test can put a
/// disk under it whose power is cut at any operation. Calls block; async callers go through
/// `BlockingPool`.
package protocol FileSystem: Sendable {
  /// Opens an existing directory.
  func openDirectory(_ path: FilePath) throws(IOError) -> any Directory

  /// Makes a directory and the missing ones above it. Each new directory's parent is synchronized,
  /// so that the directory itself survives a crash. An existing one is not an error.
  func createDirectory(_ path: FilePath) throws(IOError)

  /// Size, kind and identity of what is at `path` (symbolic links followed).
  func status(of path: FilePath) throws(IOError) -> FileStatus
}

/// An open directory. Names are single path components, resolved against the descriptor, so that a
/// directory renamed meanwhile is still the one that was opened.
package protocol Directory: AnyObject, Sendable {
  /// The path it was opened by; for messages.
  var path: FilePath { get }

  /// Opens a file in it. A symbolic link is an error, never followed.
  func open(_ name: String, _ mode: OpenMode) throws(IOError) -> any File

  /// Renames within the directory. With `replacing: false` an existing `target` is an error with
  /// code `.exists`, atomically so (`renameat2(RENAME_NOREPLACE)`, or `linkat` + `unlinkat`).
  func rename(_ source: String, to target: String, replacing: Bool) throws(IOError)

  /// Renames into another directory of the same file system, replacing what is there.
  func rename(_ source: String, to target: String, in other: any Directory) throws(IOError)

  /// Removes a file's name.
  func remove(_ name: String) throws(IOError)

  /// Size, kind and identity of an entry (symbolic links not followed).
  func status(of name: String) throws(IOError) -> FileStatus

  /// The names in it, `.` and `..` left out, in no particular order. Names that are not UTF-8 are
  /// left out: they can't be the engine's.
  func entryNames() throws(IOError) -> [String]

  /// Makes names created, renamed and removed in it so far durable.
  func synchronize() throws(IOError)

  /// Bytes an unprivileged process may still allocate on this file system.
  func freeSpaceBytes() throws(IOError) -> UInt64

  /// Whether `File.shareBlocks` is worth a try here. Never an error.
  var mayShareBlocks: Bool { get }

  /// Opens a directory in it. A symbolic link is an error, never followed.
  func openDirectory(_ name: String) throws(IOError) -> any Directory

  /// Makes a directory in it, if there is none, durably, and opens it.
  func makeDirectory(_ name: String) throws(IOError) -> any Directory
}

/// How a file is opened.
package enum OpenMode: Sendable, Hashable {
  /// For reading; the file must exist.
  case read
  /// For reading and writing; it must exist. Only lock files and stale temporaries are opened so.
  case readWrite
  /// For reading and writing; made if it is missing. Only lock files are opened so.
  case readWriteCreating
  /// For reading and writing a file that must not exist yet (`O_CREAT | O_EXCL`).
  case createExclusive
}

/// An open file. Offsets are in bytes from its start. A descriptor is closed when the last
/// reference goes, or by `close()`.
package protocol File: AnyObject, Sendable {
  /// Reads up to `buffer.count` bytes; 0 only at the end of the file. May be short.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(IOError) -> Int

  /// Reads like `read`, but past the page cache, where the file system can and the cache hasn't got most of it; nil
  /// otherwise. Offset, count and address are multiples of 4096. May be short.
  func readPastCache(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(IOError) -> Int?

  /// Writes up to `bytes.count` bytes; may be short, never 0 for a non-empty buffer.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(IOError) -> Int

  /// Writes like `write`, but begins to bring the bytes to the disk now: past the page cache where the
  /// file system can. Offset, count and address are multiples of 4096. What is written is durable only
  /// after `synchronize`, as ever.
  func writeThrough(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(IOError) -> Int

  /// Makes the file's bytes and size durable (`fsync`; `F_FULLFSYNC` on Apple's systems). After an
  /// error the file must be given up: what was written is in an unknown state for ever, and a
  /// second call that succeeds proves nothing.
  func synchronize() throws(IOError)

  /// Reserves space for `sizeBytes` bytes and sets the file's size to it. Returns false, with nothing
  /// changed, where the file system can't reserve or it isn't worth it for so little; running out of space
  /// is an error with code `.noSpace`.
  func allocate(sizeBytes: UInt64) throws(IOError) -> Bool

  /// Cuts the file off, or extends it with a hole.
  func truncate(sizeBytes: UInt64) throws(IOError)

  /// Makes a range of this file share the blocks of a range of another one, which takes neither time nor space
  /// and reads back as if it had been written; durable after `synchronize`. Offsets and count are multiples of
  /// the file system's block size. An error with code `.notSupported` or another one where that can't be; what
  /// the range holds is unknown then, and writing it as ever makes it good.
  func shareBlocks(
    of source: any File, at sourceOffset: UInt64, count: UInt64, to offset: UInt64
  ) throws(IOError)

  /// How many of its bytes lie in blocks that other files have too; nil where the file system can't tell.
  func sharedBytes() throws(IOError) -> UInt64?

  /// Size and identity.
  func status() throws(IOError) -> FileStatus

  /// Tries to take the advisory lock on the open file (`flock`); false if another open file
  /// description has it. Freed when the file is closed or the process ends.
  func tryLock(_ kind: LockKind) throws(IOError) -> Bool

  /// Maps the whole file for reading. A mapped file that another process truncates kills the
  /// process that touches it (SIGBUS): only on the user's request.
  func map() throws(IOError) -> MappedBytes

  /// Closes the descriptor; further calls are errors with code `.closed`.
  func close()
}

extension File {
  package func readPastCache(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(IOError) -> Int? { nil }

  package func writeThrough(
    _ bytes: UnsafeRawBufferPointer, at offset: UInt64
  ) throws(IOError) -> Int {
    try write(bytes, at: offset)
  }
}

/// Kinds of advisory locks.
package enum LockKind: Sendable, Hashable {
  case shared
  case exclusive
}

/// Facts of a file or directory.
package struct FileStatus: Sendable, Hashable {
  /// What an entry is.
  package enum Kind: Sendable, Hashable {
    case regular
    case directory
    case other
  }

  package var kind: Kind
  package var sizeBytes: UInt64
  /// Device and inode: which file it is, whatever its name.
  package var device: UInt64
  package var inode: UInt64
  /// Modification time, nanoseconds since 1970-01-01T00:00:00Z. For people and caches only: no
  /// decision about what to keep rests on it.
  package var modifiedNanoseconds: Int64

  package init(
    kind: Kind, sizeBytes: UInt64, device: UInt64, inode: UInt64, modifiedNanoseconds: Int64
  ) {
    self.kind = kind
    self.sizeBytes = sizeBytes
    self.device = device
    self.inode = inode
    self.modifiedNanoseconds = modifiedNanoseconds
  }

  /// Whether both speak of the same file, whatever their names.
  package func isSameFile(as other: FileStatus) -> Bool {
    device == other.device && inode == other.inode
  }
}
