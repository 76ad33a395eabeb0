internal import CheckpointFormat
internal import CheckpointIO

/// Blocks that checkpoints have in common.
extension CheckpointStore {
  /// What the next save may share with a checkpoint; nil if nothing. An old one that is damaged is no reason not
  /// to save.
  func unchangedChunks(of stored: StoredCheckpoint?) -> UnchangedChunks? {
    guard let stored, sharesBlocks.withLock({ $0 }) else { return nil }
    // Open, it keeps its bytes even if its name goes to the new one.
    return (try? reader(stored)).map { UnchangedChunks(of: $0.container) }
  }

  /// How many of a checkpoint's bytes lie in blocks that other files have too, as the file system says: what
  /// removing it would not free as long as those are there. Nil where it can't tell (all but xfs and btrfs).
  /// - Throws: `CheckpointError`: `notFound`, `io`.
  public func sharedBytes(of stored: StoredCheckpoint) throws(CheckpointError) -> UInt64? {
    do throws(IOError) {
      guard directory.mayShareBlocks else { return nil }
      return try directory.open(stored.fileName, .read).sharedBytes()
    } catch {
      throw CheckpointError(error)
    }
  }
}

extension CheckpointReader {
  /// How many of the file's bytes lie in blocks that other files have too. Nil where the file system can't tell
  /// (all but xfs and btrfs).
  /// - Throws: `CheckpointError` with code `io`.
  public func sharedBytes() throws(CheckpointError) -> UInt64? { try container.sharedBytes() }
}
