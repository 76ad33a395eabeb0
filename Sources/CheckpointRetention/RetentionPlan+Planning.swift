extension RetentionPolicy {
  /// Plans: pure and deterministic. The order of the inventory's entries, names, and `now` change
  /// nothing about what stays; for equal inventories plans are equal.
  ///
  /// What always stays: the newest that can be read and the newest healthy one, the best one by each
  /// tracked metric, pinned ones, those with a tracked metric pending; and whatever isn't retention's:
  /// unreadable files, other runs, files that no store has saved, copies.
  ///
  /// - Parameters:
  ///   - nowNanoseconds: the present, nanoseconds since 1970-01-01T00:00:00Z: only to tell which
  ///     entries lie ahead of it.
  ///   - run: which training run to plan for; by default that of the newest entry that can be read.
  /// - Complexity: O(r n log n) for n entries and r rules, O(r n) if entries come in order and none of
  ///   the rules ranks by a metric.
  public func plan(
    _ inventory: Inventory, nowNanoseconds: Int64, run: UInt128? = nil
  ) -> RetentionPlan {
    RetentionPlan(policy: self, inventory, nowNanoseconds: nowNanoseconds, run: run)
  }
}

extension RetentionPlan {
  init(policy: RetentionPolicy, _ inventory: Inventory, nowNanoseconds: Int64, run: UInt128?) {
    let entries = InventoryEntry.inOrder(inventory.entries)
    let newest = entries.last { $0.condition != .unreadable && $0.sequence > 0 }
    let runID: UInt128 = run ?? newest?.runID ?? 0
    self.policy = policy
    self.entries = entries
    self.runID = runID
    self.nowNanoseconds = nowNanoseconds
    freeBytes = inventory.freeBytes
    fates = Array(repeating: .unkept, count: entries.count)
    protections = Array(repeating: [], count: entries.count)
    ranks = []
    cutoffs = []

    sortOut()
    let readable = entries.indices.filter { fates[$0] == .unkept }
    let healthy = readable.filter { entries[$0].condition == .healthy }
    // Where no weights are finite, rules choose among those that there are.
    let candidates = healthy.isEmpty ? readable : healthy
    ranks = policy.rules.map {
      $0.ranks(of: entries, candidates: candidates, readable: readable)
    }
    cutoffs = zip(policy.rules, ranks).map { rule, ranks in
      rule.quota.flatMap { quota in ranks.firstIndex { $0 == quota } }
    }
    protect(readable, newestHealthy: healthy.last)
    for index in readable where entries[index].condition == .nonFinite && !healthy.isEmpty {
      fates[index] = .nonFinite
    }
    for index in readable {
      let isWanted =
        !protections[index].subtracting(.copied).isEmpty
        || policy.rules.indices.contains { isKept(index, by: $0) }
      if isWanted {
        fates[index] = .kept
      } else if protections[index].contains(.copied) {
        fates[index] = .copy
      }
    }
    applyLimits(candidates: candidates)
  }

  /// Sorts out what isn't retention's; all else is unkept so far. Of copies only the first takes part.
  private mutating func sortOut() {
    // Files that can't be read may stand between copies.
    var lastReadable: Int?
    for (index, entry) in entries.enumerated() {
      guard entry.condition != .unreadable else {
        fates[index] = .unreadable
        continue
      }
      if entry.sequence == 0 {
        fates[index] = .foreign
      } else if entry.runID != runID {
        fates[index] = .otherRun
      } else if let lastReadable, entry.isCopy(of: entries[lastReadable]) {
        fates[index] = .copy
        if fates[lastReadable] == .unkept { protections[lastReadable].insert(.copied) }
      }
      lastReadable = index
    }
  }

  private mutating func protect(_ readable: [Int], newestHealthy: Int?) {
    if let newest = readable.last { protections[newest].insert(.newest) }
    if let newestHealthy { protections[newestHealthy].insert(.newestHealthy) }
    let bestRules = policy.bestRules
    let aliases = bestRules.map { MetricName.alias(of: $0.metric) }
    for index in readable {
      if entries[index].isPinned { protections[index].insert(.pinned) }
      for (number, best) in bestRules.enumerated() {
        if ranks[best.rule][index] == 1 { protections[index].insert(.best) }
        if entries[index].isPending(best.metric, alias: aliases[number]) {
          protections[index].insert(.pending)
        }
      }
    }
  }

}

extension InventoryEntry {
  fileprivate func isCopy(of other: InventoryEntry) -> Bool {
    fileID != 0 && fileID == other.fileID
  }
}
