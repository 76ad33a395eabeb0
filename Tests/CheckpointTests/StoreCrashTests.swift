import Checkpoint
import CheckpointIO
import SimulatedDisk
import SystemPackage
import Testing

/// Every operation of the store is a place where the power may go, and every state that the disk may
/// then be in is looked at: all of them while they are few, a seeded sample beyond.
@Suite("The store survives power cuts")
struct StoreCrashTests {
  enum Event: Hashable, Sendable {
    case began(UInt64)
    case acknowledged(UInt64)
  }

  /// What is done to a store.
  enum Story: String, CaseIterable, Sendable {
    case firstSave
    case savesUnderOneName
    case numberedSaves
    case savesAndRemovalOfTheOldest
    case aFailedSaveThenAGoodOne
    case backgroundSaves
    case sharedBlocks
  }

  /// Large enough that its chunks have pages of their own, and the same at every step.
  static let frozen = Tensor((0..<20_000).map { UInt32($0) })

  static func checkpoint(_ step: UInt64) -> Checkpoint {
    var checkpoint = Checkpoint(step: step)
    checkpoint.wallTime = Timestamp(nanoseconds: Int64(step))
    // Enough for two pages of data.
    checkpoint.tensors["w"] = Tensor([UInt64](repeating: step, count: 600))
    return checkpoint
  }

  static func open(_ disk: any FileSystem) throws -> CheckpointStore {
    try CheckpointStore(at: "/run", options: StoreOptions(lockWaitSeconds: 0), in: disk)
  }

  static func run(
    _ story: Story, on disk: any FileSystem, _ record: @escaping @Sendable (Event) -> Void
  ) throws {
    let store = try open(disk)
    func save(_ step: UInt64, as name: String? = nil) throws {
      record(.began(step))
      try store.save(checkpoint(step), as: name)
      record(.acknowledged(step))
    }
    switch story {
    case .firstSave: try save(1)
    case .savesUnderOneName: for step in 1...3 { try save(UInt64(step), as: "best.ckpt") }
    case .numberedSaves: for step in 1...3 { try save(UInt64(step)) }
    case .savesAndRemovalOfTheOldest:
      for step in 1...4 {
        try save(UInt64(step))
        let all = try store.list()
        if all.count > 2, let oldest = all.first { try store.remove([oldest]) }
      }
    case .aFailedSaveThenAGoodOne:
      try save(1)
      try? save(2)
      try save(3)
    case .backgroundSaves:
      for step in 1...2 {
        record(.began(UInt64(step)))
        try store.saveInBackground(checkpoint(UInt64(step)))
        try store.finish()
        record(.acknowledged(UInt64(step)))
      }
    case .sharedBlocks:
      for step in 1...3 {
        record(.began(UInt64(step)))
        var checkpoint = checkpoint(UInt64(step))
        checkpoint.tensors["frozen"] = frozen
        try store.save(checkpoint)
        record(.acknowledged(UInt64(step)))
      }
    }
  }

  /// What is wrong with a disk found after a cut, or nil.
  static func violation(on disk: any FileSystem, _ events: [Event]) throws -> String? {
    var begun: UInt64 = 0
    var acknowledged: UInt64 = 0
    for event in events {
      switch event {
      case .began(let step): begun = max(begun, step)
      case .acknowledged(let step): acknowledged = max(acknowledged, step)
      }
    }
    // Nobody has to have made the directory yet.
    if acknowledged == 0, (try? disk.openDirectory("/run")) == nil { return nil }
    let store = try open(disk)
    for stored in try store.list() {
      if let failure = stored.failure { return "torn and listed: \(failure)" }
      guard try store.verify(stored).state == .intact else {
        return "\(stored.fileName) is damaged"
      }
    }
    let latest = try store.latest()
    let found = latest?.checkpoint.step ?? 0
    guard found >= acknowledged else { return "acknowledged \(acknowledged), found \(found)" }
    guard found <= begun else { return "found \(found), begun \(begun)" }
    if let latest {
      var tensors = latest.checkpoint.tensors
      guard [nil, frozen].contains(tensors.removeValue(forKey: "frozen")),
        tensors == checkpoint(found).tensors
      else { return "\(found) has other content" }
    }
    let leftovers = try disk.openDirectory("/run").entryNames().filter(TemporaryName.matches)
    guard leftovers.isEmpty else { return "left behind: \(leftovers)" }
    // And the next save works, and is the newest.
    try store.save(checkpoint(begun + 1))
    guard try store.latest()?.checkpoint.step == begun + 1 else { return "the next save is lost" }
    return nil
  }

  static func explore(
    _ story: Story, model: SurvivalModel = .anySubset, mutation: Mutation? = nil,
    faults: [Fault] = []
  ) async -> CrashReport {
    var explorer = CrashExplorer()
    explorer.survivalModel = model
    explorer.exhaustiveLimit = 100
    explorer.sampleCount = 12
    explorer.faults = faults
    explorer.sharesBlocks = story == .sharedBlocks
    explorer.isIrrelevant = { TemporaryName.matches($0) || $0 == WriterLock.fileName }
    if let mutation {
      explorer.wrap = { MutantFileSystem($0, mutation, finalName: { _ in "best.ckpt" }) }
    }
    return await explorer.explore(
      setUp: { disk in try disk.createDirectory("/run") },
      workload: { disk, record in try run(story, on: disk, record) },
      check: { disk, events in try violation(on: disk, events) })
  }

  @Test(
    "an acknowledged checkpoint is readable and the newest; nothing torn is listed",
    arguments: Story.allCases)
  func survives(_ story: Story) async {
    let report = await Self.explore(story)
    print("power cuts, \(story): \(report)")
    #expect(report.violationCount == 0, "\(report)")
    #expect(report.uncutError == nil)
    #expect(report.crashPointCount > 10)
  }

  static let mishaps: [(String, [Fault])] = [
    ("disk full when reserving", [Fault(.fail(.noSpace), at: .allocate, ordinal: 2)]),
    ("disk full when writing", [Fault(.fail(.noSpace), at: .write, ordinal: 8)]),
    ("fsync fails, later ones lie", [Fault(.failAndForget, at: .synchronizeFile, ordinal: 3)]),
    (
      "rename made, reported as failed", [Fault(.failAfterwards(.ioError), at: .rename, ordinal: 2)]
    ),
    ("short writes", [Fault(.short(limitBytes: 1000), at: .write, isLasting: true)]),
  ]

  @Test("a failed save takes nothing away, and the next one is as good as any", arguments: mishaps)
  func survivesMishaps(_ name: String, _ faults: [Fault]) async {
    let report = await Self.explore(.aFailedSaveThenAGoodOne, faults: faults)
    #expect(report.violationCount == 0, "\(report)")
  }

  @Test(
    "the check has teeth: each step of the protocol left out is found",
    arguments: [
      Mutation.noFileSynchronization, .noDirectorySynchronization, .inPlace,
    ])
  func teeth(_ mutation: Mutation) async {
    let report = await Self.explore(.savesUnderOneName, mutation: mutation)
    #expect(report.violationCount > 0, "\(mutation) went unnoticed: \(report)")
  }

  @Test("shared blocks need the file's fsync as written ones do")
  func sharedBlocksNeedSynchronization() async {
    let report = await Self.explore(.sharedBlocks, mutation: .noFileSynchronization)
    #expect(report.violationCount > 0)
  }

  @Test("the second fsync of the file is needed where a file system shuts down")
  func secondSynchronization() async {
    // Whichever of the directory's fsyncs it is that the shutdown comes before.
    var violationCount = 0
    for ordinal in 1...5 {
      let shutDown = [Fault(.shutDown, at: .synchronizeDirectory, ordinal: ordinal)]
      let good = await Self.explore(.savesUnderOneName, faults: shutDown)
      #expect(good.violationCount == 0, "\(good)")
      violationCount += await Self.explore(
        .savesUnderOneName, mutation: .noSecondFileSynchronization, faults: shutDown
      ).violationCount
    }
    #expect(violationCount > 0)
  }
}
