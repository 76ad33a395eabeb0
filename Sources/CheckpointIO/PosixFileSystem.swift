package import SystemPackage

/// The real disk.
package struct PosixFileSystem: FileSystem {
  package init() {}

  package func openDirectory(_ path: FilePath) throws(IOError) -> any Directory {
    PosixDirectory(descriptor: try SystemCall.openDirectory(path), path: path)
  }

  package func createDirectory(_ path: FilePath) throws(IOError) {
    // Upwards to what exists. Names are taken from the path as they are: they need not be UTF-8.
    var missing: [FilePath] = []
    var existing = path
    while try !isDirectory(existing) {
      guard existing.lastComponent?.kind == .regular else {
        throw IOError(.invalidArgument, operation: "mkdir", path: path)
      }
      missing.append(existing)
      existing.removeLastComponent()
    }
    // Whoever made the deepest existing one may have died before its name was durable.
    try synchronizeParent(of: existing)
    for path in missing.reversed() {
      do {
        try SystemCall.makeDirectory(path)
      } catch {
        guard error.code == .exists else { throw error }
        // Another process was faster, but hasn't necessarily come to the next line.
      }
      try openDirectory(path.removingLastComponent()).synchronize()
    }
  }

  package func status(of path: FilePath) throws(IOError) -> FileStatus {
    try SystemCall.status(of: path)
  }

  private func isDirectory(_ path: FilePath) throws(IOError) -> Bool {
    do throws(IOError) {
      guard try status(of: path).kind == .directory else {
        throw IOError(.notDirectory, operation: "mkdir", path: path)
      }
      return true
    } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw error }
      return false
    }
  }

  private func synchronizeParent(of path: FilePath) throws(IOError) {
    do throws(IOError) {
      try openDirectory(path.appending("..")).synchronize()
    } catch {
      // A parent that can't be opened or synchronized isn't one in which this user makes
      // directories: a mount point's, a home directory's.
      guard
        error.code == .permissionDenied || error.code == .notSupported
          || error.errno == .invalidArgument
      else { throw error }
    }
  }
}
