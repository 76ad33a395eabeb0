internal import ArgumentParser
internal import Checkpoint
internal import CheckpointRetention
internal import SystemPackage

/// One call of `ckpt prune` on a directory.
struct PruneSession {
  let directory: FilePath
  let asJSON: Bool
  let terminal: Terminal
  private let waitSeconds: Double

  /// How often a plan is made anew because the directory has changed.
  private static let attemptLimit = 5

  init(directory: FilePath, waitSeconds: Double, asJSON: Bool, terminal: Terminal) {
    self.directory = directory
    self.waitSeconds = waitSeconds
    self.asJSON = asJSON
    self.terminal = terminal
  }

  /// For looking: changes nothing.
  var store: CheckpointStore {
    get throws(CheckpointError) {
      try CheckpointStore(at: directory, options: StoreOptions(access: .readOnly))
    }
  }

  private var writingStore: CheckpointStore {
    get throws(CheckpointError) {
      // Read-only first: opened for writing, a directory that is missing would be made.
      _ = try store
      return try CheckpointStore(
        at: directory, options: StoreOptions(lockWaitSeconds: waitSeconds, retention: .keepAll))
    }
  }

  // MARK: Planning

  func plan(
    _ options: PolicyOptions, run: String?, verifying: Bool
  ) throws(CheckpointError) -> PruningPlan {
    let store = try store
    let stored = try store.list()
    let remembered = options.needsBase ? try store.rememberedPolicy() : nil
    let policy = try options.resolved(remembered: remembered) { () throws(CheckpointError) in
      try DefaultMonitor.choose(from: stored)
    }
    let progress = ProgressBar(on: terminal)
    defer { progress.clear() }
    return try store.pruningPlan(
      by: policy,
      run: try run.map { (text) throws(CheckpointError) in try find(run: text, stored) },
      now: terminal.now(), verifying: verifying
    ) { checkpoint in
      progress.start(checkpoint.fileName, totalBytes: checkpoint.summary.storedBytes)
    }
  }

  private func find(
    run text: String, _ stored: [StoredCheckpoint]
  ) throws(CheckpointError) -> UniqueID {
    let runs = Set(stored.filter { $0.failure == nil }.map(\.summary.runID))
    let found = runs.filter { $0.description.hasPrefix(text.lowercased()) }
    guard let only = found.first, found.count == 1 else {
      throw CheckpointError(
        .invalidArgument,
        found.isEmpty ? "no checkpoint is of this run" : "several runs begin like this",
        path: directory, item: text,
        advice: "there are \(runs.map(\.description).sorted().joined(separator: ", "))")
    }
    return only
  }

  // MARK: Showing

  func show(_ plan: PruningPlan, file: FilePath?) throws -> ExitStatus {
    if asJSON {
      try terminal.print(PruneJSON.object(plan, in: directory, report: nil))
    } else if plan.checkpoints.isEmpty {
      try terminal.note("no checkpoints: \(directory.string.printable)")
    } else {
      try print(plan)
      try terminal.print(PruneTable(plan: plan).totals)
      if let file {
        try terminal.note("plan written: \(file.string.printable)")
      } else if plan.retention.removedCount > 0 {
        try terminal.note("nothing was removed: --apply does it, --why NAME explains")
      }
    }
    return status(of: plan)
  }

  private func print(_ plan: PruningPlan) throws {
    try terminal.print(
      terminal.styled("policy", .faint) + " \(plan.retention.policy.text.printable)")
    try PruneTable(plan: plan).print(on: terminal)
    try warn(plan)
  }

  private func warn(_ plan: PruningPlan) throws {
    for line in PruneTable(plan: plan).warnings { try terminal.note(line.printable) }
  }

  private func status(of plan: PruningPlan) -> ExitStatus {
    plan.retention.shortfalls.isEmpty ? .success : .no
  }

  /// All there is to say of one checkpoint.
  func explain(_ name: String, in plan: PruningPlan) throws -> ExitStatus {
    let stored = try plan.checkpoints.named(name, in: directory)
    guard let index = plan.checkpoints.firstIndex(where: { $0.fileName == stored.fileName }) else {
      return .badRequest
    }
    let retention = plan.retention
    if asJSON {
      guard case .object(var object) = PruneJSON.checkpoint(index, of: plan) else {
        return .badRequest
      }
      object["policy"] = .string(retention.policy.text)
      object["explanation"] = .strings(retention.explanation(at: index, number: PruneTable.number))
      try terminal.print(.object(object))
      return .success
    }
    let verdict = PruneTable.verdict(retention.decision(at: index))
    try terminal.print(
      "\(stored.fileName.printable): \(terminal.styled(verdict.text, verdict.style)): "
        + PruneTable.reason(index, retention).printable)
    for line in retention.explanation(at: index, number: PruneTable.number) {
      try terminal.print("  " + line.printable)
    }
    return .success
  }

  // MARK: Removing

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
      switch carryOut(plan, toTrash: toTrash) {
      case .success(let report): return try tell(plan, report, tellsNothingToDo: tellsNothingToDo)
      case .failure(let error):
        let hasChanged = error.code == .stalePlan && attempt < PruneSession.attemptLimit
        let isDamaged = error.code == .newestDamaged && !verifiesAll
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
    _ plan: PruningPlan, _ report: PruningReport?, tellsNothingToDo: Bool
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
      try warn(plan)
    } else {
      try warn(plan)
      if terminal.messagesWidth != nil { try terminal.note("nothing had to go") }
    }
    let status = status(of: plan)
    return status == .success && retention.removedCount == 0 && tellsNothingToDo
      ? .nothingToDo : status
  }

  // MARK: Trash

  func restore() throws -> ExitStatus {
    try tell(try writingStore.restoreFromTrash(), "restored", "the trash is empty")
  }

  func emptyTrash() throws -> ExitStatus {
    try tell(try writingStore.emptyTrash(), "removed for good", "the trash is empty")
  }

  private func tell(
    _ files: [CheckpointStore.TrashedFile], _ verb: String, _ otherwise: String
  ) throws -> ExitStatus {
    if asJSON {
      try terminal.print([
        "path": .string(directory.string), "status": .string(verb),
        "files": .array(
          files.map {
            ["fileName": .string($0.fileName), "sizeBytes": .count($0.sizeBytes)]
          }),
      ])
      return .success
    }
    for file in files {
      try terminal.print("\(file.fileName.printable): \(verb) (\(HumanText.size(file.sizeBytes)))")
    }
    if files.isEmpty { try terminal.note("\(otherwise): \(directory.string.printable)") }
    return .success
  }
}
