/// Saving while training goes on.
extension CheckpointStore {
  /// Queues a save and returns; the caller may go on changing its own arrays at once: the save holds or copies
  /// the state, by `StoreOptions.backgroundSnapshot`. Waits only while as many saves as `StoreOptions` allows are
  /// under way. The save is as durable as any; its error, if it fails, is thrown by the next `save`,
  /// `saveInBackground` or `finish`.
  /// - Throws: the `CheckpointError` of an earlier background save; the new one is queued all the same.
  public func saveInBackground(
    _ checkpoint: Checkpoint, as fileName: String? = nil
  ) throws(CheckpointError) {
    try saveInBackground(checkpoint, as: fileName, insists: true)
  }

  /// - Parameter insists: as that of `save`.
  package func saveInBackground(
    _ checkpoint: Checkpoint, as fileName: String?, insists: Bool
  ) throws(CheckpointError) {
    background.start(
      taking: { options.backgroundSnapshot == .copied ? staging.copy(of: checkpoint) : checkpoint }
    ) { (checkpoint) throws(CheckpointError) in
      _ = try self.withLock { () throws(CheckpointError) in
        try self.saveLocked(checkpoint, as: fileName, insists: insists)
      }
    }
    if let failure = background.takeFailure() { throw failure }
  }

  /// Gets the memory that background saves of such a state copy to, if they do, so that the first one doesn't
  /// have to wait for it.
  public func prepareBackgroundSave(of checkpoint: Checkpoint) {
    if options.backgroundSnapshot == .copied { staging.prepare(checkpoint) }
  }

  /// Waits until all background saves are done. Call it before the program ends.
  /// - Throws: the `CheckpointError` of a background save that failed, the oldest that nobody has been
  ///   told; call it again for the next one.
  public func finish() throws(CheckpointError) {
    background.drain()
    staging.release()
    if let failure = background.takeFailure() { throw failure }
  }
}
