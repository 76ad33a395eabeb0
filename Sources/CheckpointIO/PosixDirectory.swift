package import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A directory on a real disk, kept open: a path is resolved once, and a directory that is renamed
/// while it is in use is still the one that was opened.
package final class PosixDirectory: Directory {
  package let path: FilePath
  let descriptor: OpenDescriptor

  /// Takes over `descriptor`; `path` is for messages.
  init(descriptor: Int32, path: FilePath) {
    self.path = path
    self.descriptor = OpenDescriptor(descriptor)
  }

  package func open(_ name: String, _ mode: OpenMode) throws(IOError) -> any File {
    // Without O_NONBLOCK, opening a named pipe that lies in the directory would hang.
    let flags =
      switch mode {
      case .read: O_RDONLY | O_NONBLOCK
      case .readWrite: O_RDWR | O_NONBLOCK
      case .readWriteCreating: O_RDWR | O_CREAT | O_NONBLOCK
      case .createExclusive: O_RDWR | O_CREAT | O_EXCL
      }
    let file = try use("open", name) { directory throws(IOError) in
      try SystemCall.open(
        name, in: directory, flags: flags | O_NOFOLLOW | O_NOCTTY, path: path.appending(name))
    }
    return PosixFile(descriptor: file, path: path.appending(name))
  }

  package func rename(
    _ source: String, to target: String, replacing: Bool
  ) throws(IOError) {
    try FileName.check(target, in: path)
    try use("rename", source) { directory throws(IOError) in
      try SystemCall.rename(
        source, in: directory, to: target, in: directory, replacing: replacing,
        path: path.appending(target))
    }
  }

  package func rename(
    _ source: String, to target: String, in other: any Directory
  ) throws(IOError) {
    guard let other = other as? PosixDirectory else {
      throw IOError(.improperLink, operation: "rename", path: path.appending(source))
    }
    try FileName.check(target, in: other.path)
    try use("rename", source) { directory throws(IOError) in
      try other.descriptor.use("rename", other.path) { targetDirectory throws(IOError) in
        try SystemCall.rename(
          source, in: directory, to: target, in: targetDirectory, replacing: true,
          path: other.path.appending(target))
      }
    }
  }

  package func remove(_ name: String) throws(IOError) {
    try use("unlink", name) { directory throws(IOError) in
      try SystemCall.unlink(name, in: directory, path: path.appending(name))
    }
  }

  package func status(of name: String) throws(IOError) -> FileStatus {
    try use("stat", name) { directory throws(IOError) in
      try SystemCall.status(
        of: name, in: directory, path: path.appending(name))
    }
  }

  package func entryNames() throws(IOError) -> [String] {
    try descriptor.use("readdir", path) { directory throws(IOError) in
      // A descriptor of its own: one that is shared shares its position with other threads.
      let stream = try SystemCall.open(
        ".", in: directory, flags: O_RDONLY | O_DIRECTORY, path: path)
      return try SystemCall.entryNames(closing: stream, path: path)
    }
  }

  package func synchronize() throws(IOError) {
    try descriptor.use("fsync", path) { directory throws(IOError) in
      try SystemCall.synchronize(directory, path: path)
    }
  }

  package func freeSpaceBytes() throws(IOError) -> UInt64 {
    try descriptor.use("statfs", path) { directory throws(IOError) in
      try SystemCall.freeSpaceBytes(directory, path: path)
    }
  }

  package func openDirectory(_ name: String) throws(IOError) -> any Directory {
    let child = path.appending(name)
    let descriptor = try use("open", name) { directory throws(IOError) in
      try SystemCall.open(
        name, in: directory, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW, path: child)
    }
    return PosixDirectory(descriptor: descriptor, path: child)
  }

  package func makeDirectory(_ name: String) throws(IOError) -> any Directory {
    let child = path.appending(name)
    let descriptor = try use("mkdir", name) { directory throws(IOError) in
      do throws(IOError) {
        try SystemCall.makeDirectory(name, in: directory, path: child)
      } catch {
        guard error.code == .exists else { throw error }
        // Somebody may have made it and died before the next line, so that is due all the same.
      }
      try SystemCall.synchronize(directory, path: path)
      return try SystemCall.open(
        name, in: directory, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW, path: child)
    }
    return PosixDirectory(descriptor: descriptor, path: child)
  }

  /// Runs `body` with the directory's descriptor, for something done to its entry `name`.
  private func use<R>(
    _ operation: StaticString, _ name: String, _ body: (Int32) throws(IOError) -> R
  ) throws(IOError) -> R {
    try FileName.check(name, in: path)
    return try descriptor.use(operation, path.appending(name), body)
  }
}
