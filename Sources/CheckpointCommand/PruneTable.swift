internal import Checkpoint
internal import CheckpointRetention

/// A plan as people read it.
struct PruneTable {
  let plan: PruningPlan

  private var retention: RetentionPlan { plan.retention }

  /// Checkpoint, verdict, reason, bytes; then totals before and after.
  func print(on terminal: Terminal) throws(OutputError) {
    let metrics = tracked
    var table = Table(
      [Table.Column("SEQ", isNumeric: true), Table.Column("NAME", isElidable: true)]
        + [Table.Column("STEP", isNumeric: true, isSpare: true)]
        + metrics.map { Table.Column($0.printable, isNumeric: true, isSpare: true) }
        + [
          Table.Column("SIZE", isNumeric: true),
          Table.Column("AGE", isNumeric: true, isSpare: true),
          Table.Column("PLAN"), Table.Column("REASON"),
        ])
    for (index, stored) in plan.checkpoints.enumerated() {
      let verdict = PruneTable.verdict(retention.decision(at: index))
      table.append(
        [
          Table.Cell(stored.sequence == 0 ? "" : "\(stored.sequence)"),
          Table.Cell(stored.fileName), Table.Cell(stored.step.map { "\($0)" } ?? ""),
        ]
          + metrics.map { name in
            Table.Cell(value(of: name, in: stored))
          } + [
            Table.Cell(HumanText.size(stored.sizeBytes)),
            Table.Cell(HumanText.age(stored.created, now: terminal.now())),
            Table.Cell(verdict.text, verdict.style),
            Table.Cell(PruneTable.reason(index, retention)),
          ])
    }
    try table.print(on: terminal)
  }

  private func value(of metric: String, in stored: StoredCheckpoint) -> String {
    let value =
      stored.metrics[metric] ?? MetricName.alias(of: metric).flatMap { stored.metrics[$0] }
    return value.map { HumanText.number($0) } ?? ""
  }

  private var tracked: [String] {
    var names: [String] = []
    for (name, _) in retention.policy.trackedMetrics where !names.contains(name) {
      names.append(name)
    }
    return names
  }

  /// `22 checkpoints (9.8 MiB): 10 stay (4.5 MiB), 12 go (5.3 MiB)`
  var totals: String { totals(isDone: false, isInTrash: false) }

  /// The same, of what has been done.
  func totals(isDone: Bool, isInTrash: Bool) -> String {
    let count = plan.checkpoints.count
    let goes = retention.removedCount
    let total = retention.keptBytes &+ retention.removedBytes
    let verb = isInTrash ? "in the trash" : isDone ? "removed" : goes == 1 ? "goes" : "go"
    return HumanText.count(count, "checkpoint") + " (\(HumanText.size(total))): "
      + "\(count - goes) \(count - goes == 1 ? "stays" : "stay")"
      + " (\(HumanText.size(retention.keptBytes))), \(goes) \(verb)"
      + " (\(HumanText.size(retention.removedBytes)))"
  }

  /// What there is to warn of.
  var warnings: [String] {
    var lines: [String] = []
    for (metric, present) in retention.missingMetrics {
      lines.append(
        "no checkpoint has the metric \"\(metric)\", so that the best by it can't be kept"
          + (present.isEmpty ? "" : "; there are \(present.joined(separator: ", "))"))
    }
    let ahead = retention.entriesAhead
    if let first = ahead.first {
      lines.append(
        "\(first.name)\(ahead.count > 1 ? " and \(ahead.count - 1) more" : ""): the recorded time lies "
          + "ahead of this machine's clock; rules of time take it as it is")
    }
    let unreadable = plan.checkpoints.filter { $0.failure != nil }
    if let first = unreadable.first {
      lines.append(
        "\(first.fileName)\(unreadable.count > 1 ? " and \(unreadable.count - 1) more" : ""): can't be "
          + "read and stays; ckpt verify tells more, ckpt salvage rescues what is intact")
    }
    return lines + retention.shortfalls.map(PruneTable.text)
  }

  private static func text(_ shortfall: RetentionShortfall) -> String {
    guard let reached = shortfall.reached, let missing = shortfall.missing else {
      return "\(shortfall.limit.text): the disk's free space is unknown"
    }
    let rest = "; what is left never goes (newest, best, pinned, unreadable)"
    switch shortfall.limit {
    case .count:
      return "\(shortfall.limit.text) can't be met: \(reached) stay, \(missing) too many" + rest
    case .bytes:
      return "\(shortfall.limit.text) can't be met: \(HumanText.size(reached)) stay, "
        + "\(HumanText.size(missing)) too much" + rest
    case .freeBytes:
      return "\(shortfall.limit.text) can't be met: \(HumanText.size(reached)) are free then, "
        + "\(HumanText.size(missing)) are missing" + rest
    }
  }

  /// Why a checkpoint stays or goes, in one line.
  static func reason(_ index: Int, _ retention: RetentionPlan) -> String {
    retention.reason(at: index, number: number)
  }

  /// A metric's value.
  static func number(_ value: Double) -> String { HumanText.number(value) }

  /// A word for a decision.
  static func verdict(_ decision: RetentionDecision) -> (text: String, style: Style) {
    switch decision {
    case .keep: ("keep", .green)
    case .remove: ("remove", .red)
    case .blocked: ("leave", .yellow)
    }
  }
}
