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

  var writingStore: CheckpointStore {
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
    let run = try run.map { (text) throws(CheckpointError) in try find(run: text, stored) }
    let policy = try options.resolved(remembered: remembered) { () throws(CheckpointError) in
      try DefaultMonitor.choose(from: stored, run: run)
    }
    let progress = ProgressBar(on: terminal)
    defer { progress.clear() }
    return try store.pruningPlan(
      by: policy, run: run, now: terminal.now(), verifying: verifying
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

  func print(_ plan: PruningPlan) throws {
    try terminal.print(
      terminal.styled("policy", .faint) + " \(plan.retention.policy.text.printable)")
    try PruneTable(plan: plan).print(on: terminal)
    try warn(plan, sharedBytes: sharedBytes(of: plan))
  }

  /// - Parameter sharedBytes: as `sharedBytes(of:)` said while the files were there.
  func warn(_ plan: PruningPlan, sharedBytes shared: UInt64) throws {
    for line in PruneTable(plan: plan).warnings { try terminal.note(line.printable) }
    if shared > 0 {
      try terminal.note(
        "\(HumanText.size(shared)) of what goes lie in blocks that other files have too, and come free only "
          + "with the last of them")
    }
  }

  /// What removing frees less than the files' sizes say; 0 where the file system can't tell.
  func sharedBytes(of plan: PruningPlan) -> UInt64 {
    guard let store = try? store else { return 0 }
    return plan.removed.reduce(0) { sum, stored in
      sum &+ (((try? store.sharedBytes(of: stored)) ?? nil) ?? 0)
    }
  }

  func status(of plan: PruningPlan) -> ExitStatus {
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
}
