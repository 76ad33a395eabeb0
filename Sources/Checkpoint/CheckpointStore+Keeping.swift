internal import CheckpointFormat
internal import CheckpointIO
internal import SystemPackage

/// Pins, and removal.
extension CheckpointStore {
  private static let pinsFolder = "pins"

  /// Keeps a checkpoint whatever retention says, durably.
  /// - Throws: `CheckpointError`: `locked`, `io`, the stored checkpoint's `failure` if it can't be read.
  public func pin(_ stored: StoredCheckpoint) throws(CheckpointError) {
    if let failure = stored.failure { throw failure }
    guard try list().contains(where: { $0.fileID == stored.fileID }) else {
      throw CheckpointError(
        .notFound, "the checkpoint is gone", path: stored.path, advice: "list the store again")
    }
    try withPins { (pins) throws(IOError) in
      do throws(IOError) {
        try pins.open(stored.fileID.description, .createExclusive).close()
      } catch {
        // Pinned already.
        guard error.code == .exists else { throw error }
      }
      try pins.synchronize()
    }
  }

  /// Undoes `pin`; does nothing if it wasn't pinned.
  /// - Throws: `CheckpointError`: `locked`, `io`.
  public func unpin(_ stored: StoredCheckpoint) throws(CheckpointError) {
    try withPins { (pins) throws(IOError) in
      do throws(IOError) {
        try pins.remove(stored.fileID.description)
      } catch {
        guard error.code == .notFound else { throw error }
      }
      try pins.synchronize()
    }
  }

  private func withPins(
    _ body: (any Directory) throws(IOError) -> Void
  ) throws(CheckpointError) {
    try withLock { () throws(CheckpointError) in
      do throws(IOError) {
        try body(try privateDirectory().makeDirectory(CheckpointStore.pinsFolder))
      } catch {
        throw CheckpointError(error)
      }
    }
  }

  /// The files that are pinned.
  func pinnedIDs() throws(CheckpointError) -> Set<UniqueID> {
    do throws(IOError) {
      // Opened, not made: reading changes nothing.
      let pins = try directory.openDirectory(CheckpointStore.privateFolder)
        .openDirectory(CheckpointStore.pinsFolder)
      return Set(try pins.entryNames().compactMap { UniqueID($0) })
    } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw CheckpointError(error) }
      return []
    }
  }

  /// Removes checkpoints, durably. Nothing goes unless one that stays has just been read and
  /// verified in full.
  /// - Throws: `CheckpointError`: `invalidArgument` if one is pinned or unreadable, or nothing sound
  ///   would stay; `notFound` if one is gone or another file has its name; `locked`, `io`.
  public func remove(_ doomed: [StoredCheckpoint]) throws(CheckpointError) {
    guard !doomed.isEmpty else { return }
    try withLock { () throws(CheckpointError) in
      let present = try list()
      var names = Set<String>()
      let doomed = doomed.filter { names.insert($0.fileName).inserted }
      let ids = Set(doomed.map(\.fileID))
      for stored in doomed {
        guard let found = present.first(where: { $0.fileName == stored.fileName }),
          found.fileID == stored.fileID
        else {
          throw CheckpointError(
            .notFound, "the checkpoint is gone or has changed", path: stored.path,
            advice: "list the store again")
        }
        guard !found.isPinned, found.failure == nil else {
          throw CheckpointError(
            .invalidArgument,
            found.isPinned ? "the checkpoint is pinned" : "the file can't be read",
            path: stored.path,
            advice: found.isPinned ? "unpin it first" : "remove it by hand if it is of no use")
        }
      }
      let survivors = present.filter { $0.failure == nil && !ids.contains($0.fileID) }
      let isSafe = survivors.reversed().contains { (try? isSound($0)) == true }
      guard isSafe else {
        throw CheckpointError(
          .invalidArgument, "no sound checkpoint would stay", path: path,
          advice: "save another one first")
      }
      try removeFiles(doomed)
    }
  }

  /// Removes files, durably. The lock is held, and all has been checked.
  func removeFiles(_ doomed: [StoredCheckpoint]) throws(CheckpointError) {
    var failure: IOError?
    var removed = 0
    do throws(IOError) {
      for stored in doomed {
        try directory.remove(stored.fileName)
        removed += 1
      }
    } catch {
      failure = error
    }
    do throws(IOError) {
      try directory.synchronize()
    } catch {
      failure = failure ?? error
    }
    if let failure {
      var error = CheckpointError(failure)
      error.message += " after \(removed) of \(doomed.count) had been removed"
      error.advice = "list the store again"
      throw error
    }
  }
}
