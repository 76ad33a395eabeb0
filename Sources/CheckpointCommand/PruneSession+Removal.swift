internal import Checkpoint
internal import CheckpointRetention
internal import SystemPackage

/// `ckpt prune --apply`.
extension PruneSession {
  /// How often a plan is made anew because the directory has changed.
  private static let attemptLimit = 5

  /// Carries a plan out. If the directory changes between planning and removing, or the newest turns
  /// out to be damaged, the plan is made again, unless it is one from a file.
  func apply(
    toTrash: Bool, isSure: Bool, tellsNothingToDo: Bool, remakes: Bool,
    _ makePlan: (_ verifiesAll: Bool) throws -> PruningPlan
  ) throws -> ExitStatus {
    var verifiesAll = false
    var attempt = 1
    while true {
      let plan = try makePlan(verifiesAll)
      if toTrash { try checkTrashHelps(plan) } else if !isSure { try confirm(plan) }
      let shared = toTrash ? 0 : sharedBytes(of: plan)
      switch carryOut(plan, toTrash: toTrash) {
      case .success(let report):
        return try tell(plan, report, sharedBytes: shared, tellsNothingToDo: tellsNothingToDo)
      case .failure(let error):
        let hasChanged = error.code == .stalePlan && attempt < PruneSession.attemptLimit
        let isDamaged = error.code == .survivorDamaged && !verifiesAll
        guard remakes, hasChanged || isDamaged else { throw error }
        if isDamaged { try terminal.note(ErrorReport.line(error)) }
        verifiesAll = verifiesAll || isDamaged
        attempt += 1
      }
    }
  }

  /// Nil if nothing has to go.
  private func carryOut(
    _ plan: PruningPlan, toTrash: Bool
  ) -> Result<PruningReport?, CheckpointError> {
    Result { () throws(CheckpointError) in
      plan.removed.isEmpty ? nil : try writingStore.prune(plan, toTrash: toTrash)
    }
  }

  /// Space that never comes free would be asked for again the next time, until nothing is left.
  private func checkTrashHelps(_ plan: PruningPlan) throws(CheckpointError) {
    for case .freeBytes(let bytes) in plan.retention.policy.limits {
      throw CheckpointError(
        .invalidArgument, "the trash frees no space; nothing was moved", path: directory,
        item: RetentionLimit.freeBytes(bytes).text,
        advice: "leave out --trash, or give a policy without this limit")
    }
  }

  private func confirm(_ plan: PruningPlan) throws {
    // Other runs' checkpoints, say, don't make it less.
    let (goes, all) = (plan.retention.removedCount, plan.retention.decidedCount)
    guard goes * 2 > all else { return }
    let what = "\(goes) of \(HumanText.count(all, "checkpoint")) would go, more than half"
    if let ask = terminal.ask {
      if !asJSON { try print(plan) }
      try terminal.output.flush()
      if ask("ckpt: \(what). Remove them? [y/N] ") { return }
    }
    throw CheckpointError(
      .invalidArgument, "\(what); nothing was removed", path: directory,
      advice: "say --yes if that is meant")
  }

  private func tell(
    _ plan: PruningPlan, _ report: PruningReport?, sharedBytes: UInt64, tellsNothingToDo: Bool
  ) throws -> ExitStatus {
    let isInTrash = report?.trashBatch != nil
    let retention = plan.retention
    if asJSON {
      try terminal.print(PruneJSON.object(plan, in: directory, report: report))
    } else if retention.removedCount > 0 {
      for index in retention.removedIndices {
        try terminal.print(
          "\(isInTrash ? "moved to the trash:" : "removed") "
            + "\(plan.checkpoints[index].fileName.printable)  \(PruneTable.reason(index, retention).printable)"
        )
      }
      try terminal.print(PruneTable(plan: plan).totals(isDone: true, isInTrash: isInTrash))
      try warn(plan, sharedBytes: sharedBytes)
    } else {
      try warn(plan, sharedBytes: sharedBytes)
      if terminal.messagesWidth != nil { try terminal.note("nothing had to go") }
    }
    let status = status(of: plan)
    return status == .success && retention.removedCount == 0 && tellsNothingToDo
      ? .nothingToDo : status
  }
}
