internal import CheckpointFormat
internal import CheckpointIO
internal import SystemPackage

/// Checkpoints that have been moved out of the way, and can be brought back. They lie in
/// `.ckpt/trash`, as `<batch>-<file name>`; each pruning is a batch, and batches count upwards.
extension CheckpointStore {
  private static let trashFolder = "trash"

  /// A file in the trash.
  public struct TrashedFile: Sendable, Hashable {
    /// Which pruning put it there.
    public var batch: UInt64
    /// The name that it had, and gets back.
    public var fileName: String
    /// Its size.
    public var sizeBytes: UInt64

    var trashName: String { CheckpointStore.trashName(of: fileName, batch: batch) }
  }

  private static func trashName(of fileName: String, batch: UInt64) -> String {
    CheckpointStore.padded(batch) + "-" + fileName
  }

  /// What is in the trash, by batch and name.
  /// - Throws: `CheckpointError` with code `io`.
  public func trash() throws(CheckpointError) -> [TrashedFile] {
    do throws(IOError) {
      let folder = try directory.openDirectory(CheckpointStore.privateFolder)
        .openDirectory(CheckpointStore.trashFolder)
      return try trash(in: folder)
    } catch {
      guard error.code == .notFound else { throw CheckpointError(error) }
      return []
    }
  }

  private func trash(in folder: any Directory) throws(IOError) -> [TrashedFile] {
    var files: [TrashedFile] = []
    for name in try folder.entryNames() {
      guard let dash = name.firstIndex(of: "-"), let batch = UInt64(name[..<dash]) else { continue }
      let fileName = String(name[name.index(after: dash)...])
      guard CheckpointStore.trashName(of: fileName, batch: batch) == name else { continue }
      let status = try folder.status(of: name)
      guard FileName.isValid(fileName), status.kind == .regular else { continue }
      files.append(TrashedFile(batch: batch, fileName: fileName, sizeBytes: status.sizeBytes))
    }
    return files.sorted { ($0.batch, $0.fileName) < ($1.batch, $1.fileName) }
  }

  /// Moves checkpoints to the trash, durably. The lock is held, and all has been checked.
  /// - Returns: the batch.
  /// - Throws: `CheckpointError`: `limitExceeded` if a name is too long for that, or batches can't be
  ///   counted further, and nothing is moved then; `io`.
  func moveToTrash(_ doomed: [StoredCheckpoint]) throws(CheckpointError) -> UInt64 {
    let (batch, isFull) = (try trash().last?.batch ?? 0).addingReportingOverflow(1)
    func trashName(_ stored: StoredCheckpoint) -> String {
      CheckpointStore.trashName(of: stored.fileName, batch: batch)
    }
    let tooLong = doomed.first { !FileName.isValid(trashName($0)) }
    guard !isFull, tooLong == nil else {
      throw CheckpointError(
        .limitExceeded,
        isFull ? "the trash has the last batch that there can be" : "the name is too long",
        path: tooLong?.path ?? path,
        advice: isFull ? "empty the trash" : "shorten it, or prune without the trash")
    }
    do throws(IOError) {
      let folder = try privateDirectory().makeDirectory(CheckpointStore.trashFolder)
      for stored in doomed {
        try directory.rename(stored.fileName, to: trashName(stored), in: folder)
      }
      // First where they are now: no moment at which a crash finds them in neither place.
      try folder.synchronize()
      try directory.synchronize()
      return batch
    } catch {
      throw CheckpointError(error)
    }
  }

  /// Brings back what the last pruning with `toTrash` moved away. The next pruning by the same policy
  /// would take it again.
  /// - Returns: what has come back; empty if the trash is.
  /// - Throws: `CheckpointError`: `exists` if a name has been taken meanwhile, and nothing is moved
  ///   then; `locked`, `io`.
  @discardableResult
  public func restoreFromTrash() throws(CheckpointError) -> [TrashedFile] {
    try withLock { () throws(CheckpointError) in
      let all = try trash()
      let batch = all.filter { $0.batch == all.last?.batch }
      guard !batch.isEmpty else { return [] }
      do throws(IOError) {
        let taken = Set(try directory.entryNames())
        if let clash = batch.first(where: { taken.contains($0.fileName) }) {
          throw IOError(
            .fileExists, operation: "bring back", path: directory.path.appending(clash.fileName))
        }
        let folder = try privateDirectory().makeDirectory(CheckpointStore.trashFolder)
        for file in batch {
          try folder.rename(file.trashName, to: file.fileName, in: directory)
        }
        try directory.synchronize()
        try folder.synchronize()
        return batch
      } catch {
        throw CheckpointError(error)
      }
    }
  }

  /// Removes all that is in the trash, durably.
  /// - Returns: what is gone.
  /// - Throws: `CheckpointError`: `locked`, `io`.
  @discardableResult
  public func emptyTrash() throws(CheckpointError) -> [TrashedFile] {
    try withLock { () throws(CheckpointError) in
      let all = try trash()
      guard !all.isEmpty else { return [] }
      do throws(IOError) {
        let folder = try privateDirectory().makeDirectory(CheckpointStore.trashFolder)
        for file in all { try folder.remove(file.trashName) }
        try folder.synchronize()
        return all
      } catch {
        throw CheckpointError(error)
      }
    }
  }
}
