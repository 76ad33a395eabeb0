import Checkpoint
import CheckpointIO
import CheckpointRetention
import SimulatedDisk
import SystemPackage
import Testing

/// The power goes at every operation of saves that prune, of plans carried out, of the trash, and
/// whatever the disk then holds: the newest and the best are there and sound, nothing else than the
/// policy lets go is gone, and pruning again ends where an undisturbed run ends.
@Suite("Pruning survives power cuts")
struct PruningCrashTests {
  enum Event: Hashable, Sendable {
    case began(Int)
    case acknowledged(Int)
    case remembered
  }

  enum Story: String, CaseIterable, Sendable {
    /// Each save applies the policy.
    case savesThatPrune
    /// All is saved, and then pruned in one.
    case onePruning
    /// The same into the trash, and back.
    case trashAndBack
    /// The policy is remembered, and the next saves go by it.
    case rememberedPolicy
  }

  /// Best at step 2.
  static let losses = [0.9, 0.1, 0.5, 0.7, 0.3]
  static let policyText = "last=2,best=1:val_loss:min"

  static func checkpoint(_ step: Int) -> Checkpoint {
    var checkpoint = Checkpoint(step: UInt64(step))
    checkpoint.wallTime = Timestamp(nanoseconds: Int64(step))
    checkpoint.tensors["w"] = Tensor([UInt64](repeating: UInt64(step), count: 600))
    checkpoint.metrics["val_loss"] = losses[step - 1]
    return checkpoint
  }

  static func open(
    _ disk: any FileSystem, _ retention: StoreRetention = .keepAll
  ) throws -> CheckpointStore {
    try CheckpointStore(
      at: "/run", options: StoreOptions(lockWaitSeconds: 0, retention: retention), in: disk)
  }

  static func run(
    _ story: Story, on disk: any FileSystem, _ record: @escaping @Sendable (Event) -> Void
  ) throws {
    let policy = try RetentionPolicy(policyText)
    func save(_ steps: ClosedRange<Int>, in store: CheckpointStore) throws {
      for step in steps {
        record(.began(step))
        try store.save(checkpoint(step))
        record(.acknowledged(step))
        // Saves don't fail because pruning does; the power cut has to end the story all the same.
        if let report = store.lastPruning { _ = try report.get() }
      }
    }
    switch story {
    case .savesThatPrune: try save(1...5, in: open(disk, .policy(policy)))
    case .onePruning:
      let store = try open(disk)
      try save(1...5, in: store)
      try store.prune(store.pruningPlan(by: policy))
    case .trashAndBack:
      let store = try open(disk)
      try save(1...4, in: store)
      try store.prune(by: policy, toTrash: true)
      try store.restoreFromTrash()
      try store.prune(by: policy, toTrash: true)
    case .rememberedPolicy:
      let store = try open(disk, .remembered)
      try save(1...2, in: store)
      try store.remember(try RetentionPolicy("last=1"))
      try store.remember(policy)
      record(.remembered)
      try save(3...5, in: store)
    }
  }

  /// What is wrong with a disk found after a cut, or nil.
  static func violation(
    _ story: Story, on disk: any FileSystem, _ events: [Event]
  ) throws -> String? {
    let acknowledged = events.compactMap {
      if case .acknowledged(let step) = $0 { step } else { nil }
    }
    let begun = events.compactMap { if case .began(let step) = $0 { step } else { nil } }
    guard let newest = acknowledged.max() else { return nil }
    let store = try open(disk)
    let policy = try RetentionPolicy(policyText)
    for stored in try store.list() {
      if let failure = stored.failure { return "torn and listed: \(failure)" }
      guard try store.verify(stored).state == .intact else { return "\(stored.fileName) damaged" }
    }
    let found = try store.list().compactMap { $0.step.map(Int.init) }
    guard let last = found.last, last >= newest, last <= begun.max() ?? 0 else {
      return "acknowledged \(newest), found \(found)"
    }
    // Nobody loses what the policy keeps, at any moment; the first of the remembered policies,
    // which keeps less, had no save to be applied to.
    let kept = survivors(of: 1...newest)
    guard kept.isSubset(of: found) else { return "\(kept) should be there, found \(found)" }
    if story == .trashAndBack {
      let all = Set(try store.trash().map(\.fileName) + store.list().map(\.fileName))
      guard all.count >= newest else { return "\(all) of \(newest): some are nowhere" }
    }
    if events.contains(.remembered), try store.rememberedPolicy() != policy {
      return "the policy is forgotten"
    }
    try store.prune(by: policy)
    let left = Set(try store.list().compactMap { $0.step.map(Int.init) })
    guard left == survivors(of: 1...last) else { return "pruned again: \(left)" }
    guard try store.pruningPlan(by: policy).removed.isEmpty else { return "not idempotent" }
    return nil
  }

  /// The policy, in other words.
  static func survivors(of steps: ClosedRange<Int>) -> Set<Int> {
    let best = steps.min { losses[$0 - 1] < losses[$1 - 1] }
    return Set(steps.suffix(2) + [best].compactMap { $0 })
  }

  static func explore(_ story: Story, mutation: Mutation? = nil) async -> CrashReport {
    var explorer = CrashExplorer()
    explorer.exhaustiveLimit = 100
    explorer.sampleCount = 12
    explorer.isIrrelevant = { TemporaryName.matches($0) || $0 == WriterLock.fileName }
    if let mutation {
      explorer.wrap = { MutantFileSystem($0, mutation, finalName: { _ in "x.ckpt" }) }
    }
    return await explorer.explore(
      setUp: { disk in try disk.createDirectory("/run") },
      workload: { disk, record in try run(story, on: disk, record) },
      check: { disk, events in try violation(story, on: disk, events) })
  }

  @Test(
    "the newest and the best are there after every cut, and pruning again converges",
    arguments: Story.allCases)
  func survives(_ story: Story) async {
    let report = await Self.explore(story)
    print("power cuts, \(story): \(report)")
    #expect(report.violationCount == 0, "\(report)")
    #expect(report.uncutError == nil)
    #expect(report.crashPointCount > 20)
  }

  @Test("the check has teeth: removal on the strength of a save that isn't durable is found")
  func teeth() async {
    let report = await Self.explore(.savesThatPrune, mutation: .noDirectorySynchronization)
    #expect(report.violationCount > 0)
  }

  @Test("a save whose outcome is unknown prunes nothing")
  func unknownOutcome() throws {
    var unknownCount = 0
    for ordinal in 3...8 {
      let disk = SimulatedDisk(
        faults: [Fault(.fail(.ioError), at: .synchronizeDirectory, ordinal: ordinal)])
      let store = try Self.open(disk, .policy(try RetentionPolicy("last=1")))
      for step in 1...4 {
        let before = Set(try store.list().map(\.fileName))
        do throws(CheckpointError) {
          try store.save(Self.checkpoint(step))
        } catch {
          unknownCount += error.code == .outcomeUnknown ? 1 : 0
          #expect(try before.isSubset(of: Set(store.list().map(\.fileName))))
        }
      }
    }
    #expect(unknownCount > 2)
  }
}
