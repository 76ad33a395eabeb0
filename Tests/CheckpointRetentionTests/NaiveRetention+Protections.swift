import CheckpointRetention

/// What stays without a rule, and what limits take.
extension NaiveRetention {
  /// The reasons other than rules for which a checkpoint stays.
  func protections(of entry: InventoryEntry, _ policy: RetentionPolicy) -> Set<KeepReason> {
    guard readable.contains(where: { $0.name == entry.name }) else { return [] }
    var reasons: Set<KeepReason> = []
    let newestHealthy = readable.last { $0.condition == .healthy }
    if readable.last?.name == entry.name {
      reasons.insert(.newest)
    } else if newestHealthy?.name == entry.name {
      reasons.insert(.newestHealthy)
    }
    if entry.isPinned { reasons.insert(.pinned) }
    for (metric, mode) in policy.trackedMetrics {
      if kept(by: .best(1, metric: metric, mode: mode)).contains(entry.name),
        let value = NaiveRetention.value(of: metric, entry)
      {
        reasons.insert(.best(metric: metric, value: value))
      }
      let names: Set = metric == "acc" ? ["acc", "accuracy"] : [metric]
      if !entry.pendingMetrics.isDisjoint(with: names) { reasons.insert(.pending(metric: metric)) }
    }
    return reasons
  }

  /// The reasons for which a checkpoint stays, limits aside.
  func reasons(of entry: InventoryEntry, _ policy: RetentionPolicy) -> Set<KeepReason> {
    var reasons = protections(of: entry, policy)
    for (number, rule) in policy.rules.enumerated() where kept(by: rule).contains(entry.name) {
      reasons.insert(.rule(number, rank: rank(of: entry.name, in: rule) ?? 0))
    }
    return reasons
  }

  /// What a checkpoint has to show when limits take: smaller is stronger.
  struct Claim: Comparable {
    /// Whether it is none that rules count, and so kept by a tag: what it takes is space on the disk.
    var isUncounted: Bool
    var rule: Int
    var rank: Int
    var age: Int
    var entry: InventoryEntry

    private var order: (Int, Int, Int) { (rule, rank, age) }
    static func < (a: Claim, b: Claim) -> Bool { a.order < b.order }
    static func == (a: Claim, b: Claim) -> Bool { a.order == b.order }
  }

  /// The claims of those that limits may take, strongest first.
  func claims(_ policy: RetentionPolicy) -> [Claim] {
    readable.indices.compactMap { index in
      let entry = readable[index]
      guard protections(of: entry, policy).isEmpty, !copied.contains(entry.name),
        let rule = policy.rules.indices.first(where: {
          kept(by: policy.rules[$0]).contains(entry.name)
        })
      else { return nil }
      return Claim(
        isUncounted: !candidates.contains { $0.name == entry.name }, rule: rule,
        rank: rank(of: entry.name, in: policy.rules[rule]) ?? 0, age: -index, entry: entry)
    }.sorted()
  }

  /// What is left, and whether that is within limits.
  struct Usage {
    var count: UInt64
    var bytes: UInt64
    var freeBytes: UInt64?

    func exceeds(_ limit: RetentionLimit) -> Bool {
      switch limit {
      case .count(let limit): count > limit
      case .bytes(let limit): bytes > limit
      case .freeBytes: isShortOfSpace(limit)
      }
    }

    func isShortOfSpace(_ limit: RetentionLimit) -> Bool {
      guard case .freeBytes(let limit) = limit, let freeBytes else { return false }
      return freeBytes < limit
    }
  }

  /// What is left if so many go.
  func usage(after going: Set<String>, of inventory: Inventory) -> Usage {
    let gone = inventory.entries.filter { going.contains($0.name) }.reduce(0) { $0 + $1.sizeBytes }
    let left = candidates.filter { !going.contains($0.name) }
    return Usage(
      count: UInt64(left.count), bytes: left.reduce(0) { $0 + $1.sizeBytes },
      freeBytes: inventory.freeBytes.map { $0 + gone })
  }

  /// Those that go.
  func going(_ policy: RetentionPolicy, _ inventory: Inventory) -> Set<String> {
    let unwanted = readable.filter {
      !copied.contains($0.name) && reasons(of: $0, policy).isEmpty
    }
    var going = Set(unwanted.map(\.name))
    for claim in claims(policy).reversed() {
      let usage = usage(after: going, of: inventory)
      guard policy.limits.contains(where: usage.exceeds) else { break }
      if claim.isUncounted, !policy.limits.contains(where: usage.isShortOfSpace) { continue }
      going.insert(claim.entry.name)
    }
    return going
  }
}
