/// Temporaries whose writer has died.
package enum StaleTemporaries {
  /// Removes the temporaries in `directory` that nobody writes any more, and returns their names,
  /// sorted. Safe at any time: several processes may sweep, others may be writing.
  ///
  /// A writer holds its temporary locked, and the system frees the lock when it dies. So one whose
  /// lock is free is stale, however young, and one whose lock is taken isn't, however old. What
  /// can't be opened or locked is left alone.
  ///
  /// - Throws: `IOError` if the directory can't be read, or, after all others are done, if a stale
  ///   temporary could not be removed.
  @discardableResult
  package static func remove(in directory: any Directory) throws(IOError) -> [String] {
    var removed: [String] = []
    var firstError: IOError?
    for name in try directory.entryNames().filter(TemporaryName.matches).sorted() {
      guard let file = lockedIfStale(name, in: directory) else { continue }
      // Closed, and with that unlocked, only when the name is gone: its writer may have made it
      // this moment and be about to lock it.
      defer { file.close() }
      do throws(IOError) {
        try directory.remove(name)
        removed.append(name)
      } catch {
        if error.code != .notFound, firstError == nil { firstError = error }
      }
    }
    if let firstError { throw firstError }
    return removed
  }

  /// The temporary, locked, if it is stale and `name` is still its name: it may have been published
  /// or removed, and the name be another's, between opening and locking it.
  private static func lockedIfStale(_ name: String, in directory: any Directory) -> (any File)? {
    do throws(IOError) {
      let file = try directory.open(name, .readWrite)
      guard try file.status().kind == .regular, try file.tryLock(.exclusive),
        try AtomicFile.isName(name, of: file, in: directory)
      else {
        file.close()
        return nil
      }
      return file
    } catch {
      return nil
    }
  }
}
