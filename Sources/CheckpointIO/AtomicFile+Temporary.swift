import SystemPackage

extension AtomicFile {
  /// How often a random name may be taken, or the new file be swept up before it is locked.
  private static let attemptLimit = 16

  /// Makes a temporary that no other process takes for a stale one: it is locked, and its name was
  /// still its own after that.
  static func makeTemporary(
    in directory: any Directory, name: String?
  ) throws(IOError) -> (name: String, file: any File) {
    for _ in 0..<attemptLimit {
      let candidate = name ?? TemporaryName.random()
      do throws(IOError) {
        if let file = try makeLocked(candidate, in: directory) { return (candidate, file) }
      } catch {
        guard error.code == .exists, name == nil else { throw error }
      }
    }
    throw IOError(
      .resourceBusy, operation: "make a temporary file",
      path: directory.path.appending(name ?? TemporaryName.prefix))
  }

  /// Nil if `StaleTemporaries` of another process came between making it and locking it: it was
  /// removed then, or is about to be.
  private static func makeLocked(
    _ name: String, in directory: any Directory
  ) throws(IOError) -> (any File)? {
    let file = try directory.open(name, .createExclusive)
    do throws(IOError) {
      guard try lockIfSupported(file) else { return nil }
      return try Self.isName(name, of: file, in: directory) ? file : nil
    } catch {
      try? directory.remove(name)
      throw error
    }
  }

  /// Without locks (some cluster file systems have none) nothing is ever swept up as stale either,
  /// since that takes the lock: a temporary is as safe there.
  private static func lockIfSupported(_ file: any File) throws(IOError) -> Bool {
    do throws(IOError) {
      return try file.tryLock(.exclusive)
    } catch {
      guard error.code == .notSupported else { throw error }
      return true
    }
  }

  /// Whether `name` is a name of the open `file`; false if there is no such name.
  static func isName(
    _ name: String, of file: any File, in directory: any Directory
  ) throws(IOError) -> Bool {
    do throws(IOError) {
      return try directory.status(of: name).isSameFile(as: file.status())
    } catch {
      guard error.code == .notFound else { throw error }
      return false
    }
  }

  /// Removes the temporary, if the name is still its own, and frees its lock. Failing is harmless:
  /// what stays is swept up as stale later.
  func removeTemporary() {
    if (try? Self.isName(temporaryName, of: file, in: directory)) == true {
      try? directory.remove(temporaryName)
    }
    file.close()
  }

  /// Whether a failed rename certainly changed nothing, in memory or on disk.
  ///
  /// Two things have to agree. The error must be one that a file system answers before it changes
  /// anything: the names or the permissions don't allow it, or there is no room. (After EIO, or a
  /// network's errors, the change may have reached the disk all the same.) And looking must show
  /// both names as they were: NFS repeats a request whose answer got lost, and then reports EEXIST
  /// or ENOENT for a rename that was made.
  func isRefusal(_ error: IOError, ofRenameTo target: String) -> Bool {
    switch error.errno {
    case .fileExists, .noSuchFileOrDirectory, .notDirectory, .isDirectory, .directoryNotEmpty,
      .permissionDenied, .notPermitted, .readOnlyFileSystem, .fileNameTooLong, .invalidArgument,
      .tooManySymbolicLinkLevels, .improperLink, .notSupported, .noSpace, .diskQuotaExceeded:
      break
    default:
      return false
    }
    do throws(IOError) {
      guard try Self.isName(temporaryName, of: file, in: directory) else { return false }
      return try !Self.isName(target, of: file, in: directory)
    } catch {
      // The name may be one that can't even be looked up; then it isn't there.
      return error.errno == .invalidArgument || error.errno == .fileNameTooLong
    }
  }
}
