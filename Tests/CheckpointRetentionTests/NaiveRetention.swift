import CheckpointRetention

/// Retention as DESIGN says it, word by word and without haste: what plans are compared with.
struct NaiveRetention {
  /// Those of the run that can be read, each file once, in the order of saves.
  let readable: [InventoryEntry]
  /// Those that rules look at: healthy ones, or all where none is.
  let candidates: [InventoryEntry]
  /// Those that no plan may touch, by name.
  let blocked: Set<String>
  /// Those of which copies exist, by name: no plan may touch these either.
  let copied: Set<String>

  init(_ inventory: Inventory, run: UInt128? = nil) {
    let ordered = inventory.entries.sorted {
      ($0.sequence, $0.fileID, $0.name) < ($1.sequence, $1.fileID, $1.name)
    }
    let stored = ordered.filter { $0.condition != .unreadable && $0.sequence > 0 }
    let run = run ?? stored.last?.runID
    let mine = stored.filter { $0.runID == run }
    var files: [UInt128: [String]] = [:]
    for entry in mine where entry.fileID != 0 {
      files[entry.fileID, default: []].append(entry.name)
    }
    copied = Set(files.values.filter { $0.count > 1 }.joined())
    let firsts = Set(files.values.map { $0[0] })
    readable = mine.filter { $0.fileID == 0 || firsts.contains($0.name) }
    let healthy = readable.filter { $0.condition == .healthy }
    candidates = healthy.isEmpty ? readable : healthy
    blocked = copied.union(
      ordered.map(\.name).filter { name in !mine.contains { $0.name == name } })
  }

  /// The names of those that a rule keeps.
  func kept(by rule: KeepRule) -> Set<String> {
    let kept: [InventoryEntry] =
      switch rule {
      case .last(let count): candidates.suffix(count)
      case .first(let count): Array(candidates.prefix(count))
      case .all: candidates
      case .best(let count, let metric, let mode): best(count, by: metric, mode)
      case .tagged(let tag, nil): readable.filter { $0.tags.contains(tag) }
      case .tagged(let tag, .some(let count)):
        candidates.filter { $0.tags.contains(tag) }.suffix(count)
      case .every(let interval):
        cells { NaiveRetention.position(of: $0, on: interval.axis)?.cell(Int128(interval.length)) }
          .map { $0.members[0] }
      case .recent(let count, let period):
        cells { NaiveRetention.cell(of: $0, period) }.suffix(count).compactMap(\.members.last)
      case .thinning(let interval, let count):
        (0...63).flatMap { level in
          let length = Int128(interval.length) << Int128(level)
          return cells { NaiveRetention.position(of: $0, on: interval.axis)?.cell(length) }
            .suffix(count).map { $0.members[0] }
        }
      }
    return Set(kept.map(\.name))
  }

  /// Cells that have any, in ascending order, with their members in the order of saves.
  private func cells(
    _ cell: (InventoryEntry) -> Int128?
  ) -> [(cell: Int128, members: [InventoryEntry])] {
    var cells: [Int128: [InventoryEntry]] = [:]
    for entry in candidates {
      if let cell = cell(entry) { cells[cell, default: []].append(entry) }
    }
    return cells.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// One after another, the earliest of which none of those that are left is better.
  private func best(_ count: Int, by metric: String, _ mode: MetricMode) -> [InventoryEntry] {
    var left = candidates.filter { NaiveRetention.value(of: metric, $0)?.isFinite == true }
    var best: [InventoryEntry] = []
    while best.count < count, !left.isEmpty {
      let values = left.map { NaiveRetention.value(of: metric, $0) ?? .nan }
      let index = values.indices.first { index in
        !values.contains { mode == .min ? $0 < values[index] : $0 > values[index] }
      }
      best.append(left.remove(at: index ?? 0))
    }
    return best
  }

  /// The smallest quota with which a rule keeps a checkpoint; for rules without one the place among
  /// those that it keeps, the newest first; nil for none.
  func rank(of name: String, in rule: KeepRule) -> Int? {
    switch rule {
    case .every, .all, .tagged(_, nil):
      let kept = kept(by: rule)
      return readable.map(\.name).filter(kept.contains).reversed().firstIndex(of: name)
        .map { $0 + 1 }
    default:
      return (1...max(1, readable.count)).first { kept(by: rule.of($0)).contains(name) }
    }
  }

  // MARK: Facts

  static func value(of metric: String, _ entry: InventoryEntry) -> Double? {
    entry.metrics[metric] ?? (metric == "acc" ? entry.metrics["accuracy"] : nil)
  }

  static func position(of entry: InventoryEntry, on axis: Interval.Axis) -> Int128? {
    switch axis {
    case .steps: entry.step.map { Int128($0) }
    case .epochs: entry.epoch.map { Int128($0) }
    case .seconds: Int128(entry.timeNanoseconds).cell(1_000_000_000)
    }
  }

  static func cell(of entry: InventoryEntry, _ period: CalendarPeriod) -> Int128 {
    let hour = Int128(entry.timeNanoseconds).cell(3_600_000_000_000)
    // 1969-12-29 was a Monday.
    return switch period {
    case .hourly: hour
    case .daily: hour.cell(24)
    case .weekly: (hour + 72).cell(168)
    }
  }
}

extension Int128 {
  /// How often a length fits below a number: downwards for negative ones too.
  func cell(_ length: Int128) -> Int128 {
    let remainder = (self % length + length) % length
    return (self - remainder) / length
  }
}

extension KeepRule {
  /// The same with another quota, if it has one.
  func of(_ quota: Int) -> KeepRule {
    switch self {
    case .last: .last(quota)
    case .first: .first(quota)
    case .best(_, let metric, let mode): .best(quota, metric: metric, mode: mode)
    case .recent(_, let period): .recent(quota, period)
    case .thinning(let interval, _): .thinning(interval, count: quota)
    case .tagged(let tag, .some): .tagged(tag, count: quota)
    case .tagged(_, nil), .every, .all: self
    }
  }
}
