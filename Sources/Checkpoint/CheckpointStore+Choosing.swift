internal import CheckpointFormat
internal import CheckpointIO

/// Finding the checkpoint to go on from.
extension CheckpointStore {
  /// The newest checkpoint that verifies, loaded; nil if there is none. Every byte of it has been
  /// checked. Newer ones that are damaged, and files that can't be read, are named in `skipped`.
  /// - Parameter isWanted: which ones come into question; by default all.
  /// - Throws: `CheckpointError` if the directory can't be read; if there are checkpoints and none of
  ///   them is sound; if the system fails in a way that says nothing about a file.
  public func latest(
    where isWanted: (StoredCheckpoint) -> Bool = { _ in true }
  ) throws(CheckpointError) -> LatestCheckpoint? {
    var lastError: CheckpointError?
    for _ in 0..<CheckpointStore.listingLimit {
      do throws(CheckpointError) {
        return try latestListed(where: isWanted)
      } catch {
        guard error.code == .notFound, error.path != path else { throw error }
        // Removed between listing and loading: there is a newer one by now.
        lastError = error
      }
    }
    throw lastError ?? CheckpointError(.notFound, "the directory changes all the time", path: path)
  }

  /// - Throws: also `notFound`, with the file's path, if a checkpoint is gone that has been listed.
  private func latestListed(
    where isWanted: (StoredCheckpoint) -> Bool
  ) throws(CheckpointError) -> LatestCheckpoint? {
    var skipped: [(stored: StoredCheckpoint, error: CheckpointError)] = []
    let all = try list()
    // Where these would stand in line can't be told: they have no sequence number.
    for stored in all.reversed() {
      if let failure = stored.failure { skipped.append((stored, failure)) }
    }
    for stored in all.reversed() where stored.failure == nil && isWanted(stored) {
      do throws(CheckpointError) {
        return LatestCheckpoint(
          stored: stored, checkpoint: try load(stored), skipped: skipped)
      } catch {
        if error.saysNothingOfFile || error.code == .notFound { throw error }
        skipped.append((stored, error))
      }
    }
    // Nobody should start anew without knowing that there is something to be rescued.
    if let (stored, error) = skipped.first(where: { $0.error.code != .notACheckpoint }) {
      throw CheckpointError(
        error.code, "no checkpoint can be used; the newest, \(stored.fileName): \(error.message)",
        path: path, item: error.item, byteOffset: error.byteOffset, rule: error.rule,
        advice: "ckpt salvage rescues what is intact; or use another directory")
    }
    return nil
  }

  /// The same off the caller's thread.
  /// - Throws: as the method that blocks.
  public func latest() async throws(CheckpointError) -> LatestCheckpoint? {
    try await BlockingPool.shared.run { () throws(CheckpointError) in try self.latest() }
  }

  /// The checkpoint with the best value of a metric; nil if none has a finite one. Ties go to the
  /// earliest. One with NaN or infinite weights is chosen only if all others have them too.
  /// - Throws: `CheckpointError`: `invalidArgument` if the mode is `auto` and can't be told from the
  ///   name; others if the directory can't be read.
  public func best(
    by metric: String, mode: MetricMode = .auto
  ) throws(CheckpointError) -> StoredCheckpoint? {
    let mode = try mode.resolved(for: metric)
    return try list().best(by: metric, mode: mode)
  }

  /// Loads a checkpoint, every byte verified.
  /// - Throws: `CheckpointError`: `notFound`, `checksumMismatch` and others for damage, `io`.
  public func load(_ stored: StoredCheckpoint) throws(CheckpointError) -> Checkpoint {
    try reader(stored).load() as Checkpoint
  }

  /// Opens a checkpoint for reading parts of it.
  /// - Throws: as `CheckpointReader.init(_:limits:)`; `notFound` also if a different file has taken
  ///   the name meanwhile.
  public func reader(_ stored: StoredCheckpoint) throws(CheckpointError) -> CheckpointReader {
    let file: any File
    do throws(IOError) {
      file = try directory.open(stored.fileName, .read)
    } catch {
      throw CheckpointError(error)
    }
    let reader = CheckpointReader(
      try ContainerFile(file, path: stored.path), limits: ReadLimits())
    guard stored.fileID == .none || reader.fileID == stored.fileID else {
      throw CheckpointError(
        .notFound, "another checkpoint has taken this name", path: stored.path,
        advice: "list the store again")
    }
    return reader
  }
}
