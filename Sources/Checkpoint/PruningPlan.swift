package import CheckpointFormat
public import CheckpointRetention

/// What a policy would do to a store's checkpoints: made by `CheckpointStore.pruningPlan(by:)`, carried
/// out by `CheckpointStore.prune(_:toTrash:)`. Making one changes nothing.
public struct PruningPlan: Sendable, Hashable {
  /// What becomes of each checkpoint, and why.
  public let retention: RetentionPlan
  /// The checkpoints, in the order of `retention.entries`.
  public let checkpoints: [StoredCheckpoint]

  /// Those that go, in the order of saves.
  public var removed: [StoredCheckpoint] { retention.removedIndices.map { checkpoints[$0] } }

  /// - Parameter damaged: files that verification has found to be damaged.
  package init(
    _ policy: RetentionPolicy, _ stored: [StoredCheckpoint], freeBytes: UInt64?,
    now: Timestamp = .now, run: UniqueID?, damaged: Set<UniqueID> = []
  ) {
    let entries = stored.map { InventoryEntry($0, isDamaged: damaged.contains($0.fileID)) }
    let plan = policy.plan(
      Inventory(entries, freeBytes: freeBytes), nowNanoseconds: now.nanoseconds,
      run: run?.number)
    let byName = stored.byName
    retention = plan
    checkpoints = plan.entries.compactMap { byName[Array($0.name.utf8)] }
  }

  /// What has changed since between the directory of this plan and that one; nil if nothing has that
  /// a plan rests on.
  func difference(from present: [StoredCheckpoint]) -> String? {
    var before = checkpoints.byName
    for stored in present {
      guard let old = before.removeValue(forKey: Array(stored.fileName.utf8)) else {
        return "\(stored.fileName) has come"
      }
      guard old.fileID == stored.fileID, old.sizeBytes == stored.sizeBytes,
        (old.failure == nil) == (stored.failure == nil)
      else { return "\(stored.fileName) has changed" }
      guard old.isPinned == stored.isPinned else {
        return "\(stored.fileName) has been \(stored.isPinned ? "pinned" : "unpinned")"
      }
    }
    return checkpoints.first { before[Array($0.fileName.utf8)] != nil }.map {
      "\($0.fileName) has gone"
    }
  }
}

extension [StoredCheckpoint] {
  /// By the names' bytes: to a disk, names are two that are canonically equivalent as text.
  fileprivate var byName: [[UInt8]: StoredCheckpoint] {
    Dictionary(map { ([UInt8]($0.fileName.utf8), $0) }, uniquingKeysWith: { first, _ in first })
  }
}

/// What pruning did.
public struct PruningReport: Sendable, Hashable {
  /// What was carried out.
  public var plan: PruningPlan
  /// The checkpoint that stays and was read and verified in full before anything went; nil if nothing
  /// had to go.
  public var verified: StoredCheckpoint?
  /// The batch in the trash that has what went; nil if it was removed, or nothing went.
  public var trashBatch: UInt64?
}

extension InventoryEntry {
  /// What retention knows of a stored checkpoint.
  init(_ stored: StoredCheckpoint, isDamaged: Bool) {
    let isReadable = stored.failure == nil && !isDamaged
    self.init(
      name: stored.fileName, fileID: stored.fileID.number, runID: stored.summary.runID.number,
      sequence: stored.sequence, step: stored.step, epoch: stored.epoch,
      timeNanoseconds: stored.summary.wallTime.nanoseconds, sizeBytes: stored.sizeBytes,
      metrics: stored.metrics, pendingMetrics: stored.summary.pendingMetrics,
      tags: stored.summary.tags, isPinned: stored.isPinned,
      condition: !isReadable ? .unreadable : stored.hasNonFinite ? .nonFinite : .healthy)
  }
}

extension UniqueID {
  /// The bytes as one number.
  package var number: UInt128 { UInt128(bytes.high) << 64 | UInt128(bytes.low) }

  /// From one number.
  package init(number: UInt128) {
    self.init(high: UInt64(number >> 64), low: UInt64(truncatingIfNeeded: number))
  }
}
