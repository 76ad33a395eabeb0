public import CheckpointFormat
internal import CheckpointIO
public import CheckpointRetention

/// Removing what a policy doesn't keep.
extension CheckpointStore {
  /// What a policy would remove now, and why. Changes nothing.
  ///
  /// - Parameters:
  ///   - run: which training run to plan for; by default that of the newest checkpoint. Those of others
  ///     are not touched.
  ///   - verifying: whether to read every byte of every checkpoint first, so that damage inside of files
  ///     counts; otherwise only files whose summary can't be read count as unreadable.
  ///   - progress: told of each checkpoint before it is verified.
  /// - Throws: `CheckpointError` if the directory can't be read.
  public func pruningPlan(
    by policy: RetentionPolicy, run: UniqueID? = nil, now: Timestamp = .now,
    verifying: Bool = false, progress: (StoredCheckpoint) -> Void = { _ in }
  ) throws(CheckpointError) -> PruningPlan {
    let stored = try list()
    var damaged: Set<UniqueID> = []
    if verifying {
      for checkpoint in stored where checkpoint.failure == nil {
        progress(checkpoint)
        if try !isSound(checkpoint) { damaged.insert(checkpoint.fileID) }
      }
    }
    return PruningPlan(
      policy, stored, freeBytes: try freeSpaceBytes(), now: now, run: run, damaged: damaged)
  }

  /// Carries out a plan, durably: takes the lock, looks at the directory again, reads and verifies the
  /// newest checkpoint that stays and, if its weights are not finite, the newest with finite ones, and
  /// the best ones that it has not verified before, and removes. Whoever has a removed file open keeps reading it.
  ///
  /// - Parameter toTrash: whether to move files to the store's trash, from where
  ///   `restoreFromTrash()` brings them back; that frees no space.
  /// - Throws: `CheckpointError`: `stalePlan` if the directory isn't the one of the plan any more, and
  ///   nothing is removed then; `survivorDamaged`: nothing is removed either;
  ///   `locked`, `io`.
  @discardableResult
  public func prune(
    _ plan: PruningPlan, toTrash: Bool = false
  ) throws(CheckpointError) -> PruningReport {
    try withLock { () throws(CheckpointError) in
      if let difference = plan.difference(from: try list()) {
        throw CheckpointError(
          .stalePlan, "the directory is not the one of the plan any more: \(difference)",
          path: path, advice: "plan again")
      }
      guard let newest = plan.newestReadable else { return PruningReport(plan: plan) }
      if !plan.removed.isEmpty, let damaged = try damagedSurvivor(of: plan) {
        throw CheckpointError(
          .survivorDamaged, "a checkpoint that stays is damaged, so that nothing was removed",
          path: damaged.path,
          advice: "plan again, verifying: then damaged ones don't count (ckpt prune --verify)")
      }
      return try carryOut(plan, verified: newest, toTrash: toTrash)
    }
  }

  /// Plans and carries out in one, with no save or removal of others in between. A newest checkpoint
  /// that turns out to be damaged counts as unreadable, and the plan is made without it.
  /// - Throws: `CheckpointError`: `locked`, `io`.
  @discardableResult
  public func prune(
    by policy: RetentionPolicy, run: UniqueID? = nil, now: Timestamp = .now, toTrash: Bool = false
  ) throws(CheckpointError) -> PruningReport {
    try withLock { () throws(CheckpointError) in
      try pruneLocked(by: policy, run: run, now: now, toTrash: toTrash)
    }
  }

  func pruneLocked(
    by policy: RetentionPolicy, run: UniqueID?, now: Timestamp = .now, toTrash: Bool = false
  ) throws(CheckpointError) -> PruningReport {
    let stored = try list()
    let freeBytes = try freeSpaceBytes()
    var damaged: Set<UniqueID> = []
    var run = run
    while true {
      let plan = PruningPlan(
        policy, stored, freeBytes: freeBytes, now: now, run: run, damaged: damaged)
      // Whatever turns out to be damaged, it is still this run's turn.
      run = UniqueID(number: plan.retention.runID)
      guard !plan.removed.isEmpty, let newest = plan.newestReadable else {
        return PruningReport(plan: plan)
      }
      guard let survivor = try damagedSurvivor(of: plan) else {
        return try carryOut(plan, verified: newest, toTrash: toTrash)
      }
      damaged.insert(survivor.fileID)
    }
  }

  /// One that others are removed on the strength of, and that turns out to be damaged: the newest, the
  /// newest with finite weights, since nobody can go on from others, and the best ones. Of these each is
  /// read once: one that was sound when it was the newest, or at the last pruning, is not read again.
  private func damagedSurvivor(
    of plan: PruningPlan
  ) throws(CheckpointError) -> StoredCheckpoint? {
    for survivor in [plan.newestReadable, plan.newestHealthy] {
      guard let survivor else { continue }
      guard try isSound(survivor) else { return survivor }
      knownSound.withLock { _ = $0.insert(survivor.fileID) }
    }
    for index in plan.retention.bestIndices {
      let best = plan.checkpoints[index]
      if knownSound.withLock({ $0.contains(best.fileID) }) { continue }
      guard try isSound(best) else { return best }
      knownSound.withLock { _ = $0.insert(best.fileID) }
    }
    return nil
  }

  private func carryOut(
    _ plan: PruningPlan, verified newest: StoredCheckpoint, toTrash: Bool
  ) throws(CheckpointError) -> PruningReport {
    let doomed = plan.removed
    guard !doomed.isEmpty else { return PruningReport(plan: plan) }
    if toTrash {
      let batch = try moveToTrash(doomed)
      return PruningReport(plan: plan, verified: newest, trashBatch: batch)
    }
    try removeFiles(doomed)
    return PruningReport(plan: plan, verified: newest)
  }

  /// After a save, whose success nothing may change any more: what goes wrong is noted.
  func pruneAfterSave(run: UniqueID) {
    do throws(CheckpointError) {
      guard let policy = try effectivePolicy() else {
        pruningResult.withLock { $0 = nil }
        return
      }
      let report = try pruneLocked(by: policy, run: run)
      pruningResult.withLock { $0 = .success(report) }
    } catch {
      pruningResult.withLock { $0 = .failure(error) }
    }
  }

  /// What the pruning after the last save did, or why it couldn't; nil if there has been none. A save
  /// doesn't fail because what is old can't be removed.
  public var lastPruning: Result<PruningReport, CheckpointError>? {
    pruningResult.withLock { $0 }
  }

  /// Whether every byte of a checkpoint is as it was written, but for spare copies.
  /// - Throws: `CheckpointError` for failures of the system that say nothing about the file.
  func isSound(_ stored: StoredCheckpoint) throws(CheckpointError) -> Bool {
    do throws(CheckpointError) {
      let state = try verify(stored).state
      return state == .intact || state == .degraded
    } catch {
      if error.saysNothingOfFile { throw error }
      return false
    }
  }

  /// Bytes that may still be allocated on the directory's disk.
  /// - Throws: `CheckpointError` with code `io`.
  public func freeSpaceBytes() throws(CheckpointError) -> UInt64 {
    do throws(IOError) { return try directory.freeSpaceBytes() } catch {
      throw CheckpointError(error)
    }
  }
}

extension PruningPlan {
  /// The newest checkpoint of the run that can be read: it always stays.
  var newestReadable: StoredCheckpoint? { newest { $0.condition != .unreadable } }

  /// The newest with finite weights, if that is another: it always stays.
  var newestHealthy: StoredCheckpoint? {
    let healthy = newest { $0.condition == .healthy }
    return healthy == newestReadable ? nil : healthy
  }

  private func newest(where isWanted: (InventoryEntry) -> Bool) -> StoredCheckpoint? {
    let index = retention.entries.lastIndex {
      isWanted($0) && $0.sequence > 0 && $0.runID == retention.runID
    }
    return index.map { checkpoints[$0] }
  }
}
