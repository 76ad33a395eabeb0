import CCheckpointShims
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The system calls, one wrapper each: the only place where `errno` is read and EINTR retried.
///
/// `path` is evaluated on failure only; it is for the message.
enum SystemCall {
  /// The most that one `read` or `write` is asked to move: Linux moves less than 2 GiB at a time,
  /// Apple's systems refuse more.
  static let transferLimitBytes = 1 << 30

  /// Runs `call` until a signal no longer interrupts it.
  private static func retry<N: SignedInteger>(
    _ operation: StaticString, _ path: () -> FilePath, _ call: () -> N
  ) throws(IOError) -> N {
    while true {
      let result = call()
      if result != -1 { return result }
      let error = Errno(rawValue: errno)
      if error == .interrupted { continue }
      throw IOError(error, operation: "\(operation)", path: path())
    }
  }

  /// Opens a directory by its path; the empty path is the current directory.
  static func openDirectory(_ path: FilePath) throws(IOError) -> Int32 {
    let path = path.isEmpty ? "." : path
    return try retry("open", { path }) {
      path.withPlatformString { openat(AT_FDCWD, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    }
  }

  static func makeDirectory(_ path: FilePath) throws(IOError) {
    _ = try retry("mkdir", { path }) { path.withPlatformString { mkdir($0, 0o777) } }
  }

  /// Size, kind and identity of what is at `path`, symbolic links followed.
  static func status(of path: FilePath) throws(IOError) -> FileStatus {
    let path = path.isEmpty ? "." : path
    var status = ckpt_status()
    _ = try retry("stat", { path }) {
      path.withPlatformString { ckpt_entry_status(AT_FDCWD, $0, 1, &status) }
    }
    return FileStatus(status)
  }

  /// Opens `name` below `directory`; makes it with mode 0666, less the umask.
  static func open(
    _ name: String, in directory: Int32, flags: Int32, path: @autoclosure () -> FilePath
  ) throws(IOError) -> Int32 {
    try retry("open", path) { openat(directory, name, flags | O_CLOEXEC, 0o666) }
  }

  static func makeDirectory(
    _ name: String, in directory: Int32, path: @autoclosure () -> FilePath
  ) throws(IOError) {
    _ = try retry("mkdir", path) { mkdirat(directory, name, 0o777) }
  }

  static func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64,
    path: @autoclosure () -> FilePath
  ) throws(IOError) -> Int {
    let position = try checked(offset, "read", path)
    let count = min(buffer.count, transferLimitBytes)
    return try retry("read", path) { pread(descriptor, buffer.baseAddress, count, position) }
  }

  static func write(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: UInt64,
    path: @autoclosure () -> FilePath
  ) throws(IOError) -> Int {
    let position = try checked(offset, "write", path)
    let count = min(bytes.count, transferLimitBytes)
    return try retry("write", path) { pwrite(descriptor, bytes.baseAddress, count, position) }
  }

  /// Makes a file's bytes or a directory's names durable, the drive's cache included.
  ///
  /// The one call that is not retried, even after EINTR: the kernel reports a failed write-back to
  /// one fsync only, and an fsync that answers EINTR may have been the one. A second call would
  /// then succeed with the data gone.
  static func synchronize(
    _ descriptor: Int32, path: @autoclosure () -> FilePath
  ) throws(IOError) {
    #if canImport(Darwin)
      // fsync leaves the data in the drive's cache there. Where F_FULLFSYNC isn't supported, that
      // is an error for the user to know of, not a reason to do less in silence.
      let result = fcntl(descriptor, F_FULLFSYNC)
      let operation = "fcntl(F_FULLFSYNC)"
    #else
      let result = fsync(descriptor)
      let operation = "fsync"
    #endif
    guard result == -1 else { return }
    throw IOError(Errno(rawValue: errno), operation: operation, path: path())
  }

  /// False where the file system can't reserve space.
  static func allocate(
    _ descriptor: Int32, sizeBytes: UInt64, path: @autoclosure () -> FilePath
  ) throws(IOError) -> Bool {
    do {
      _ = try retry("fallocate", path) { ckpt_allocate(descriptor, sizeBytes) }
      return true
    } catch {
      guard error.code == .notSupported else { throw error }
      return false
    }
  }

  static func truncate(
    _ descriptor: Int32, sizeBytes: UInt64, path: @autoclosure () -> FilePath
  ) throws(IOError) {
    let size = try checked(sizeBytes, "ftruncate", path)
    _ = try retry("ftruncate", path) { ftruncate(descriptor, size) }
  }

  static func rename(
    _ source: String, in directory: Int32, to target: String, in targetDirectory: Int32,
    replacing: Bool, path: @autoclosure () -> FilePath
  ) throws(IOError) {
    _ = try retry("rename", path) {
      replacing
        ? renameat(directory, source, targetDirectory, target)
        : ckpt_rename_exclusive(directory, source, targetDirectory, target)
    }
  }

  static func unlink(
    _ name: String, in directory: Int32, path: @autoclosure () -> FilePath
  ) throws(IOError) {
    _ = try retry("unlink", path) { unlinkat(directory, name, 0) }
  }

  static func status(
    _ descriptor: Int32, path: @autoclosure () -> FilePath
  ) throws(IOError) -> FileStatus {
    var status = ckpt_status()
    _ = try retry("fstat", path) { ckpt_file_status(descriptor, &status) }
    return FileStatus(status)
  }

  static func status(
    of name: String, in directory: Int32, path: @autoclosure () -> FilePath
  ) throws(IOError) -> FileStatus {
    var status = ckpt_status()
    _ = try retry("stat", path) { ckpt_entry_status(directory, name, 0, &status) }
    return FileStatus(status)
  }

  static func freeSpaceBytes(
    _ descriptor: Int32, path: @autoclosure () -> FilePath
  ) throws(IOError) -> UInt64 {
    var bytes: UInt64 = 0
    _ = try retry("statfs", path) { ckpt_free_space(descriptor, &bytes) }
    return bytes
  }

  /// Never waits; false if another open file description has the lock.
  static func tryLock(
    _ descriptor: Int32, _ kind: LockKind, path: @autoclosure () -> FilePath
  ) throws(IOError) -> Bool {
    let operation = (kind == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB
    do {
      _ = try retry("flock", path) { flock(descriptor, operation) }
      return true
    } catch {
      guard error.errno == .wouldBlock else { throw error }
      return false
    }
  }

  /// Not retried after EINTR: the descriptor is gone then too, and the number may be another's.
  static func close(_ descriptor: Int32) {
    #if canImport(Darwin)
      _ = Darwin.close(descriptor)
    #elseif canImport(Musl)
      _ = Musl.close(descriptor)
    #else
      _ = Glibc.close(descriptor)
    #endif
  }

  /// The whole file, read-only; no mapping if it is empty, which the system can't map.
  static func map(
    _ descriptor: Int32, sizeBytes: UInt64, path: @autoclosure () -> FilePath
  ) throws(IOError) -> MappedBytes {
    guard sizeBytes > 0 else {
      return MappedBytes(UnsafeRawBufferPointer(start: nil, count: 0)) { _ in }
    }
    guard let count = Int(exactly: sizeBytes) else {
      throw IOError(.fileTooLarge, operation: "mmap", path: path())
    }
    let mapping = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address = mapping, address != MAP_FAILED else {
      throw IOError(Errno(rawValue: errno), operation: "mmap", path: path())
    }
    return MappedBytes(UnsafeRawBufferPointer(start: address, count: count)) { buffer in
      munmap(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count)
    }
  }

  /// The names in a directory. Takes over `descriptor`, whose position it moves.
  static func entryNames(
    closing descriptor: Int32, path: @autoclosure () -> FilePath
  ) throws(IOError) -> [String] {
    guard let stream = fdopendir(descriptor) else {
      let error = Errno(rawValue: errno)
      close(descriptor)
      throw IOError(error, operation: "fdopendir", path: path())
    }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0  // the end and an error look alike otherwise
      guard let entry = readdir(stream) else {
        let error = errno
        if error == 0 { return names }
        throw IOError(Errno(rawValue: error), operation: "readdir", path: path())
      }
      guard let name = String(validatingCString: ckpt_entry_name(entry)), name != ".", name != ".."
      else { continue }
      names.append(name)
    }
  }

  /// Sleeps about so long; a signal may end it early.
  static func pause(seconds: Double) {
    let whole = seconds.rounded(.down)
    var duration = timespec(tv_sec: Int(whole), tv_nsec: Int((seconds - whole) * 1e9))
    nanosleep(&duration, nil)
  }

  private static func checked(
    _ offset: UInt64, _ operation: StaticString, _ path: () -> FilePath
  ) throws(IOError) -> off_t {
    guard let position = off_t(exactly: offset) else {
      throw IOError(.fileTooLarge, operation: "\(operation)", path: path())
    }
    return position
  }
}

extension FileStatus {
  fileprivate init(_ raw: ckpt_status) {
    self.init(
      kind: raw.is_regular != 0 ? .regular : raw.is_directory != 0 ? .directory : .other,
      sizeBytes: raw.size, device: raw.device, inode: raw.inode,
      modifiedNanoseconds: raw.modified_nanoseconds)
  }
}
