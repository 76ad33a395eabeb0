/// Limits, and what it would take to keep a checkpoint in spite of them.
extension RetentionPlan {
  /// What a rule's rank is worth when limits take: the earlier rule, the lower rank, the newer
  /// checkpoint counts more.
  struct Claim: Comparable {
    var rule: Int
    var rank: Int
    var index: Int

    /// Whether `a` is weaker.
    static func < (a: Claim, b: Claim) -> Bool {
      (-a.rule, -a.rank, a.index) < (-b.rule, -b.rank, b.index)
    }
  }

  /// The strongest of a checkpoint's claims; nil if no rule keeps it.
  func strongestClaim(at index: Int) -> Claim? {
    policy.rules.indices.first { isKept(index, by: $0) }.map {
      Claim(rule: $0, rank: Int(ranks[$0][index]), index: index)
    }
  }

  /// Takes the weakest until all limits are met, or nothing is left that may go.
  mutating func applyLimits(candidates: [Int]) {
    guard !policy.limits.isEmpty else { return }
    var usage = Usage(of: self, candidates: candidates)
    if policy.limits.contains(where: usage.exceeds) {
      let weakestFirst = entries.indices.filter { fates[$0] == .kept && protections[$0].isEmpty }
        .compactMap(strongestClaim).sorted()
      let hasHealthy = candidates.contains { entries[$0].condition == .healthy }
      for claim in weakestFirst {
        guard policy.limits.contains(where: usage.exceeds) else { break }
        // Tagged ones with NaN or infinite weights count for nothing but the space that they take.
        let isCounted = !hasHealthy || entries[claim.index].condition == .healthy
        if !isCounted, !policy.limits.contains(where: usage.isShortOfSpace) { continue }
        fates[claim.index] = .limited
        usage.remove(entries[claim.index], isCounted: isCounted)
      }
    }
    shortfalls = policy.limits.compactMap { usage.shortfall(of: $0) }
  }

  /// A policy that keeps a checkpoint which this plan removes: the rule's quota raised to its rank, and
  /// limits raised as far as that takes. All that this plan keeps is kept by it too, but for what limits
  /// may take of weaker claims.
  /// - Complexity: as planning.
  public func policy(granting nearMiss: NearMiss, at index: Int) -> RetentionPolicy {
    let raised = policy.replacing(
      rule: nearMiss.rule,
      with: policy.rules[nearMiss.rule].quota.map { max($0, nearMiss.rank) })
    guard !policy.limits.isEmpty else { return raised }
    let inventory = Inventory(entries, freeBytes: freeBytes)
    let unlimited = raised.replacing(limits: []).plan(
      inventory, nowNanoseconds: nowNanoseconds, run: runID)
    guard let claim = unlimited.strongestClaim(at: index) else { return raised }
    // What stays when all that is weaker has gone.
    var strongest = unlimited
    for other in entries.indices where strongest.fates[other] == .kept {
      guard strongest.protections[other].isEmpty, let its = strongest.strongestClaim(at: other),
        its < claim
      else { continue }
      strongest.fates[other] = .limited
    }
    let candidates = entries.indices.filter { entries[$0].condition == .healthy }
    let usage = Usage(
      of: strongest,
      candidates: candidates.contains { unlimited.fates[$0].isRetentions }
        ? candidates : Array(entries.indices))
    return raised.replacing(limits: policy.limits.map(usage.raising))
  }
}

extension RetentionPlan.Fate {
  /// Whether it was up to retention.
  var isRetentions: Bool {
    switch self {
    case .kept, .unkept, .nonFinite, .limited: true
    case .unreadable, .otherRun, .foreign, .copy: false
    }
  }
}

/// What stays, counted as limits count.
private struct Usage {
  /// Healthy checkpoints.
  var count: UInt64 = 0
  /// Bytes of healthy checkpoints.
  var bytes: UInt64 = 0
  /// Bytes of unreadable ones and of those with NaN or infinite weights: they don't make healthy ones go.
  var furtherBytes: UInt64 = 0
  /// Free bytes of the disk afterwards.
  var freeBytes: UInt64?

  init(of plan: RetentionPlan, candidates: [Int]) {
    freeBytes = plan.freeBytes
    // Of copies one counts, whether a rule keeps it or not: they stay in either case.
    for index in candidates
    where plan.fates[index] == .kept
      || plan.fates[index] == .copy && plan.protections[index].contains(.copied)
    {
      count += 1
      bytes.addSaturating(plan.entries[index].sizeBytes)
    }
    for index in plan.entries.indices {
      let sizeBytes = plan.entries[index].sizeBytes
      if plan.removes(index) {
        freeBytes?.addSaturating(sizeBytes)
      } else if [.kept, .unreadable, .copy].contains(plan.fates[index]) {
        furtherBytes.addSaturating(sizeBytes)
      }
    }
    furtherBytes = furtherBytes >= bytes ? furtherBytes - bytes : 0
  }

  mutating func remove(_ entry: InventoryEntry, isCounted: Bool) {
    freeBytes?.addSaturating(entry.sizeBytes)
    guard isCounted else {
      furtherBytes -= min(furtherBytes, entry.sizeBytes)
      return
    }
    count -= 1
    bytes -= min(bytes, entry.sizeBytes)
  }

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

  func shortfall(of limit: RetentionLimit) -> RetentionShortfall? {
    switch limit {
    case .count(let wanted):
      return count > wanted
        ? RetentionShortfall(limit: limit, reached: count, missing: count - UInt64(wanted)) : nil
    case .bytes(let wanted):
      var total = bytes
      total.addSaturating(furtherBytes)
      return total > wanted
        ? RetentionShortfall(limit: limit, reached: total, missing: total - wanted) : nil
    case .freeBytes(let wanted):
      guard let freeBytes else {
        return RetentionShortfall(limit: limit, reached: nil, missing: nil)
      }
      return freeBytes < wanted
        ? RetentionShortfall(limit: limit, reached: freeBytes, missing: wanted - freeBytes) : nil
    }
  }

  /// The limit, raised so far that this is within it.
  func raising(_ limit: RetentionLimit) -> RetentionLimit {
    switch limit {
    case .count(let limit): .count(max(limit, Int(clamping: count)))
    case .bytes(let limit): .bytes(max(limit, bytes))
    case .freeBytes(let limit): .freeBytes(min(limit, freeBytes ?? limit))
    }
  }
}
