import CheckpointRetention
import Testing

import struct SimulatedDisk.SplitMix64

@Suite("Limits")
struct LimitTests {
  /// Plans under limits, with what DESIGN's words come to.
  private func forEach(
    seed: UInt64, count: Int = 300,
    _ body: (RetentionPlan, Inventory, NaiveRetention) throws -> Void
  ) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<count {
      let inventory = SampleInventory.random(&random)
      let policy = try SamplePolicy.random(&random, isLimited: true)
      try body(policy.plan(inventory), inventory, NaiveRetention(inventory))
    }
  }

  @Test("take the weakest claim first, one by one, until they are met")
  func order() throws {
    try forEach(seed: 50, count: 250) { plan, inventory, naive in
      #expect(plan.going == naive.going(plan.policy, inventory), "\(plan.policy)")
    }
  }

  @Test("are met, or what is missing is told exactly")
  func shortfalls() throws {
    try forEach(seed: 51) { plan, inventory, naive in
      let usage = naive.usage(after: plan.going, of: inventory)
      // What doesn't count still takes space: unreadable files, copies, weights that aren't finite.
      let counted = Set(naive.candidates.map(\.name))
      let further = plan.entries.indices.filter { index in
        guard !plan.removes(index), !counted.contains(plan.entries[index].name) else {
          return false
        }
        return plan.decision(at: index) != .blocked(.otherRun)
          && plan.decision(at: index) != .blocked(.foreign)
      }.reduce(0) { $0 + plan.entries[$1].sizeBytes }
      let expected: [[UInt64?]] = plan.policy.limits.compactMap { limit in
        switch limit {
        case .count(let wanted):
          usage.count > wanted ? [usage.count, usage.count - UInt64(wanted)] : nil
        case .bytes(let wanted):
          usage.bytes + further > wanted
            ? [usage.bytes + further, usage.bytes + further - wanted] : nil
        case .freeBytes(let wanted):
          usage.freeBytes.map { free in free < wanted ? [free, wanted - free] : nil } ?? [nil, nil]
        }
      }
      #expect(plan.shortfalls.map { [$0.reached, $0.missing] } == expected, "\(plan.policy)")
      // Where something is missing of what counts, all that may go has gone.
      if plan.policy.limits.contains(where: usage.exceeds) {
        #expect(
          naive.claims(plan.policy).allSatisfy {
            plan.going.contains($0.entry.name)
              || $0.isUncounted && !plan.policy.limits.contains(where: usage.isShortOfSpace)
          })
      }
    }
  }

  @Test("never take what is protected")
  func protections() throws {
    try forEach(seed: 52) { plan, _, naive in
      for index in plan.removedIndices {
        let protections = naive.protections(of: plan.entries[index], plan.policy)
        #expect(protections == [], "\(plan.policy) \(plan.entries[index].name)")
      }
    }
  }

  @Test("take nothing that need not go: without the last one that they took, one isn't met")
  func necessity() throws {
    try forEach(seed: 53) { plan, inventory, naive in
      let taken = naive.claims(plan.policy).filter { plan.going.contains($0.entry.name) }
      guard let last = taken.first else { return }
      var going = plan.going
      going.remove(last.entry.name)
      let usage = naive.usage(after: going, of: inventory)
      let isNeeded =
        last.isUncounted
        ? plan.policy.limits.contains(where: usage.isShortOfSpace)
        : plan.policy.limits.contains(where: usage.exceeds)
      #expect(isNeeded, "\(plan.policy) \(last.entry.name)")
    }
  }

  @Test("say of each one they take what its strongest claim was")
  func reasons() throws {
    try forEach(seed: 54) { plan, _, naive in
      let claims = naive.claims(plan.policy)
      for (index, entry) in plan.entries.enumerated() {
        guard case .remove(let reason, _) = plan.decision(at: index) else { continue }
        let claim = claims.first { $0.entry.name == entry.name }
        let expected: WrittenReason =
          claim.map { .limits($0.rule, $0.rank) }
          ?? (naive.candidates.contains { $0.name == entry.name } ? .noRule : .nonFinite)
        #expect(WrittenReason(reason) == expected, "\(plan.policy) \(entry.name)")
      }
    }
  }

  /// A reason, as one can be written down here.
  private enum WrittenReason: Equatable {
    case noRule, nonFinite
    case limits(Int, Int)

    init(_ reason: RemovalReason) {
      self =
        switch reason {
        case .noRule: .noRule
        case .nonFinite: .nonFinite
        case .limits(let rule, let rank): .limits(rule, rank)
        }
    }
  }

  @Test("take nothing if they are roomy, and nothing for the disk if its free space is unknown")
  func roomy() throws {
    var random = SplitMix64(seed: 55)
    for _ in 0..<200 {
      var inventory = SampleInventory.random(&random)
      inventory.freeBytes = nil
      let policy = try SamplePolicy.random(&random)
      let limits: [RetentionLimit] = [.count(.max), .bytes(.max), .freeBytes(.max)]
      let limited = try RetentionPolicy(policy.rules, limits: limits).plan(inventory)
      #expect(limited.decisions.count == policy.plan(inventory).decisions.count)
      #expect(limited.going == policy.plan(inventory).going)
      #expect(limited.shortfalls.map(\.limit) == [.freeBytes(.max)])
      #expect(limited.shortfalls.allSatisfy { $0.reached == nil && $0.missing == nil })
    }
  }
}
