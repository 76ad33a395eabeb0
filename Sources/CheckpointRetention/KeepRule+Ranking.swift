/// How checkpoints stand with a rule.
extension KeepRule {
  /// For each entry its rank: the smallest quota with which the rule keeps it, or 0 if it wouldn't
  /// with any. A rule without a quota keeps all that have a rank.
  ///
  /// - Parameters:
  ///   - entries: in the order of saves.
  ///   - candidates: indices of those that may fill quotas, ascending.
  ///   - readable: indices of those that are of the run and can be read, ascending.
  /// - Complexity: O(n log n) for `best`, and where recorded times go backwards; O(n) else.
  func ranks(of entries: [InventoryEntry], candidates: [Int], readable: [Int]) -> [Int32] {
    var ranks = [Int32](repeating: 0, count: entries.count)
    func number(_ indices: some Sequence<Int>) {
      for (place, index) in indices.enumerated() { ranks[index] = Int32(clamping: place + 1) }
    }
    switch self {
    case .last, .all: number(candidates.reversed())
    case .first: number(candidates)
    case .best(_, let metric, let mode):
      number(KeepRule.ranked(candidates, of: entries, by: metric, mode))
    case .tagged(let tag, let count):
      // Without a quota nothing is displaced: who marks a checkpoint wants it, whatever its weights.
      number(
        (count == nil ? readable : candidates).reversed().filter { entries[$0].tags.contains(tag) })
    case .every(let interval):
      let positions = KeepRule.cells(candidates, of: entries) {
        interval.position(of: $0).map(interval.cell)
      }
      number(KeepRule.representatives(positions).reversed().map(\.index))
    case .recent(_, let period):
      let cells = KeepRule.cells(candidates.reversed(), of: entries) {
        period.cell(ofNanoseconds: $0.timeNanoseconds)
      }
      number(KeepRule.latestFirst(KeepRule.representatives(cells)).map(\.index))
    case .thinning(let interval, _):
      // Cells of one length lie within those of twice that, so that whoever stands for a cell has stood
      // for one of its halves: each level looks only at what is left of the one before.
      var level = KeepRule.representatives(
        KeepRule.cells(candidates, of: entries) { interval.position(of: $0).map(interval.cell) })
      for _ in 0..<64 {
        for (place, member) in KeepRule.latestFirst(level).enumerated() {
          let rank = Int32(clamping: place + 1)
          ranks[member.index] = ranks[member.index] == 0 ? rank : min(ranks[member.index], rank)
        }
        if level.count <= 1 { break }
        level = KeepRule.representatives(level.map { (cell: $0.cell >> 1, index: $0.index) })
      }
    }
    return ranks
  }

  private typealias Member = (cell: Int64, index: Int)

  private static func cells(
    _ indices: some Sequence<Int>, of entries: [InventoryEntry],
    _ cell: (InventoryEntry) -> Int64?
  ) -> [Member] {
    indices.compactMap { index in cell(entries[index]).map { ($0, index) } }
  }

  /// The first member of each cell, in the given order.
  private static func representatives(_ members: [Member]) -> [Member] {
    var result: [Member] = []
    var bounds: ClosedRange<Int64>?
    // Only where cells come in no order: otherwise the bounds tell which are new.
    var seen: Set<Int64>?
    for member in members {
      guard let known = bounds else {
        bounds = member.cell...member.cell
        result.append(member)
        continue
      }
      if member.cell == result.last?.cell { continue }
      if known.contains(member.cell) {
        var cells = seen ?? Set(result.map(\.cell))
        let isNew = cells.insert(member.cell).inserted
        seen = cells
        if !isNew { continue }
      } else {
        seen?.insert(member.cell)
        bounds = min(known.lowerBound, member.cell)...max(known.upperBound, member.cell)
      }
      result.append(member)
    }
    return result
  }

  private static func latestFirst(_ members: [Member]) -> [Member] {
    let isAscending = zip(members, members.dropFirst()).allSatisfy { $0.cell < $1.cell }
    return isAscending ? members.reversed() : members.sorted { $0.cell > $1.cell }
  }

  /// Those with a finite value, best first; ties go to the earlier one.
  private static func ranked(
    _ candidates: [Int], of entries: [InventoryEntry], by metric: String, _ mode: MetricMode
  ) -> [Int] {
    let alias = MetricName.alias(of: metric)
    let ranked: [(value: Double, index: Int)] = candidates.compactMap { index in
      guard let value = entries[index].value(of: metric, alias: alias), value.isFinite else {
        return nil
      }
      return (mode == .max ? -value : value, index)
    }
    return ranked.sorted { $0.value != $1.value ? $0.value < $1.value : $0.index < $1.index }
      .map(\.index)
  }
}
