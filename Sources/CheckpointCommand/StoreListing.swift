internal import Checkpoint
internal import SystemPackage

/// The checkpoints of a directory, and what sets some apart.
struct StoreListing {
  /// By sequence number.
  let checkpoints: [StoredCheckpoint]
  /// The file name of the best by each metric.
  private(set) var best: [String: (fileName: String, mode: MetricMode)] = [:]
  /// The metric that was asked for.
  private var monitored: String?
  /// By file name, of those that were checked.
  var verifications: [String: Verification] = [:]
  /// By file name, where the file system tells: bytes that lie in blocks which other files have too.
  var sharedBytes: [String: UInt64] = [:]

  /// More metrics than these share one column.
  private static let metricColumnCount = 6

  init(_ checkpoints: [StoredCheckpoint]) {
    self.checkpoints = checkpoints
  }

  private var metricNames: [String] {
    Set(checkpoints.flatMap { Array($0.metrics.keys) + $0.summary.pendingMetrics }).sorted()
  }

  /// The newest that can be read, and as far as it was checked, is not damaged.
  private var newest: String? {
    checkpoints.last { stored in
      let state = verifications[stored.fileName]?.state
      return stored.failure == nil && state != .damaged && state != .unreadable
    }?.fileName
  }

  /// Marks the best by one metric.
  /// - Throws: `CheckpointError` with code `invalidArgument` if no checkpoint has that metric.
  mutating func rank(by metric: String, mode: MetricMode) throws(CheckpointError) {
    guard checkpoints.isEmpty || metricNames.contains(metric) else {
      throw CheckpointError(
        .invalidArgument, "no checkpoint has this metric", item: metric,
        advice: metricNames.isEmpty
          ? nil : "there are: \(metricNames.joined(separator: ", "))")
    }
    monitored = metric
    best[metric] = checkpoints.best(by: metric, mode: mode).map { ($0.fileName, mode) }
  }

  /// Marks the best by each metric whose name tells what is better.
  mutating func rankAll() {
    for metric in metricNames {
      guard let mode = try? MetricMode.auto.resolved(for: metric) else { continue }
      best[metric] = checkpoints.best(by: metric, mode: mode).map { ($0.fileName, mode) }
    }
  }

  // MARK: Text

  func print(on terminal: Terminal) throws(OutputError) {
    let metrics = metricNames
    let hasColumns = metrics.count <= StoreListing.metricColumnCount
    var table = Table(
      [Table.Column("SEQ", isNumeric: true), Table.Column("NAME", isElidable: true)]
        + [
          Table.Column("STEP", isNumeric: true),
          Table.Column("EPOCH", isNumeric: true, isSpare: true),
        ]
        + (hasColumns
          ? metrics.map {
            Table.Column($0.printable, isNumeric: true, isSpare: $0 != monitored)
          } : [Table.Column("METRICS", isElidable: true)])
        + ["SIZE", "SHARED", "AGE"].map { Table.Column($0, isNumeric: true, isSpare: true) }
        + ["STATE", "MARKS"].map { Table.Column($0) })
    for stored in checkpoints {
      let values = metrics.compactMap { name in
        value(of: name, in: stored).map { (name: name, text: $0) }
      }
      var row = [
        Table.Cell(stored.sequence == 0 ? "" : "\(stored.sequence)"), Table.Cell(stored.fileName),
        Table.Cell(stored.step.map { "\($0)" } ?? ""),
        Table.Cell(stored.epoch.map { "\($0)" } ?? ""),
      ]
      if hasColumns {
        row += metrics.map { name in
          let isBest = best[name]?.fileName == stored.fileName
          return Table.Cell(value(of: name, in: stored) ?? "", isBest ? .bold : .plain)
        }
      } else {
        row.append(Table.Cell(values.map { "\($0.name)=\($0.text)" }.joined(separator: " ")))
      }
      row += [
        Table.Cell(HumanText.size(stored.sizeBytes)), shared(of: stored),
        Table.Cell(HumanText.age(stored.created, now: terminal.now())), state(of: stored),
        Table.Cell(marks(of: stored).joined(separator: " ")),
      ]
      table.append(row)
    }
    try table.print(on: terminal)
    for stored in checkpoints {
      if let failure = stored.failure { try terminal.note(ErrorReport.line(failure)) }
    }
  }

  /// A space stands where others have their mark, so that digits line up.
  private func value(of metric: String, in stored: StoredCheckpoint) -> String? {
    if let value = stored.metrics[metric], !stored.summary.pendingMetrics.contains(metric) {
      return HumanText.number(value) + (best[metric]?.fileName == stored.fileName ? "*" : " ")
    }
    return stored.summary.pendingMetrics.contains(metric) ? "pending " : nil
  }

  private func shared(of stored: StoredCheckpoint) -> Table.Cell {
    let bytes = sharedBytes[stored.fileName] ?? 0
    return Table.Cell(bytes == 0 ? "" : HumanText.size(bytes))
  }

  private func state(of stored: StoredCheckpoint) -> Table.Cell {
    let verified = verifications[stored.fileName]?.state
    let text = verified?.rawValue ?? (stored.failure == nil ? "readable" : "unreadable")
    let style = verified?.style ?? (stored.failure == nil ? .plain : .red)
    guard stored.hasNonFinite else { return Table.Cell(text, style) }
    return Table.Cell(text + ", non-finite", style == .red ? .red : .yellow)
  }

  private func marks(of stored: StoredCheckpoint) -> [String] {
    (stored.fileName == newest ? ["newest"] : [])
      + (best.values.contains { $0.fileName == stored.fileName } ? ["best"] : [])
      + (stored.isPinned ? ["pinned"] : []) + stored.summary.tags.sorted().map { "#\($0)" }
  }

  // MARK: JSON

  func printJSON(of directory: FilePath, on terminal: Terminal) throws(OutputError) {
    let newest = newest
    var bestJSON = JSONObject()
    for (metric, choice) in best.sorted(by: { $0.key < $1.key }) {
      bestJSON[metric] = [
        "fileName": .string(choice.fileName), "mode": .string(choice.mode.rawValue),
        "value": checkpoints.first { $0.fileName == choice.fileName }?.metrics[metric]
          .map { .number($0) } ?? .null,
      ]
    }
    try terminal.print(
      [
        "path": .string(directory.string), "newest": .optional(newest), "best": .object(bestJSON),
      ], "checkpoints", of: checkpoints.lazy.map { json(of: $0, newest: newest) })
  }

  private func json(of stored: StoredCheckpoint, newest: String?) -> JSONValue {
    var object: JSONObject = [
      "fileName": .string(stored.fileName), "path": .string(stored.path.string),
      "uuid": stored.fileID == .none ? .null : .string(stored.fileID.description),
      "created": .string(stored.created.description), "sizeBytes": .count(stored.sizeBytes),
      "sharedBytes": .optional(sharedBytes[stored.fileName]),
      "state": .string(
        verifications[stored.fileName]?.state.rawValue
          ?? (stored.failure == nil ? "readable" : "unreadable")),
      "newest": .bool(stored.fileName == newest), "pinned": .bool(stored.isPinned),
      "bestBy": .strings(
        best.filter { $0.value.fileName == stored.fileName }.map(\.key).sorted()),
      "summary": stored.failure == nil ? stored.summary.json : .null,
      "error": stored.failure.map(ErrorReport.json) ?? .null,
    ]
    if let verification = verifications[stored.fileName] {
      object["findings"] = .array(verification.findings.map(\.json))
    }
    return .object(object)
  }
}
