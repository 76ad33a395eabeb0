import CCheckpointShims
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The calls on directories and the names in them.
extension SystemCall {
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
}
