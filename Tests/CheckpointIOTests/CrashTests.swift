import CheckpointIO
import SimulatedDisk
import SystemPackage
import Testing

/// Every operation of a save is a place where the power may go, and every state that the disk may
/// then be in is looked at.
@Suite struct CrashTests {
  static let workloads: [(String, PublishWorkload)] = [
    ("the first save", PublishWorkload(generations: 1...1)),
    ("a save that replaces another", PublishWorkload(naming: .replacing)),
    ("numbered saves", PublishWorkload(generations: 1...3)),
    (
      "numbered saves, the oldest removed after each",
      PublishWorkload(removal: .afterPublish, generations: 1...4, keptCount: 2)
    ),
  ]

  @Test(
    "What is acknowledged survives, whole and newest; nothing torn is ever visible",
    arguments: workloads, SurvivalModel.allCases)
  func survives(_ workload: (name: String, plan: PublishWorkload), _ model: SurvivalModel) async {
    let report = await workload.plan.explore(model)
    #expect(report.violationCount == 0, "\(report)")
    #expect(report.uncutError == nil)
    #expect(report.sampledPointCount == 0)
    #expect(report.crashPointCount > 7 * workload.plan.generations.count)
  }

  static let mishaps: [(String, [Fault])] = [
    ("the disk is full when space is reserved", [Fault(.fail(.noSpace), at: .allocate)]),
    ("the disk is full while writing", [Fault(.fail(.noSpace), at: .write)]),
    ("the fsync fails, and later ones lie", [Fault(.failAndForget, at: .synchronizeFile)]),
    ("the second fsync fails", [Fault(.failAndForget, at: .synchronizeFile, ordinal: 2)]),
    ("the rename fails", [Fault(.fail(.ioError), at: .rename)]),
    ("the rename is made and reported as failed", [Fault(.failAfterwards(.ioError), at: .rename)]),
    ("the directory's fsync fails", [Fault(.failAndForget, at: .synchronizeDirectory)]),
    ("writes are short", [Fault(.short(limitBytes: 7), at: .write, isLasting: true)]),
    ("the file system shuts down", [Fault(.shutDown, at: .synchronizeDirectory, ordinal: 2)]),
  ]

  @Test(
    "A save that fails takes nothing away, and the next one is as good as any",
    arguments: mishaps, [PublishWorkload.Naming.replacing, .numbered])
  func survivesMishaps(
    _ mishap: (name: String, faults: [Fault]), _ naming: PublishWorkload.Naming
  ) async {
    let workload = PublishWorkload(naming: naming, generations: 1...3)
    let report = await workload.explore(.anySubset, faults: mishap.faults)
    #expect(report.violationCount == 0, "\(report)")
    #expect(report.uncutError == nil)
  }

  // MARK: The teeth. Each step left out is found by the very same check.

  @Test(
    "Leaving out the fsync of the file is found",
    arguments: [PublishWorkload.Naming.replacing, .numbered], SurvivalModel.allCases)
  func fileSynchronizationCounts(
    _ naming: PublishWorkload.Naming, _ model: SurvivalModel
  ) async {
    let report = await PublishWorkload(naming: naming).explore(
      model, mutation: .noFileSynchronization)
    #expect(report.violationCount > 0)
  }

  @Test(
    "Writing under the final name is found",
    arguments: [PublishWorkload.Naming.replacing, .numbered], SurvivalModel.allCases)
  func renameCounts(_ naming: PublishWorkload.Naming, _ model: SurvivalModel) async {
    let report = await PublishWorkload(naming: naming).explore(model, mutation: .inPlace)
    #expect(report.violationCount > 0)
  }

  @Test(
    "Leaving out the fsync of the directory is found",
    arguments: [PublishWorkload.Naming.replacing, .numbered], SurvivalModel.allCases)
  func directorySynchronizationCounts(
    _ naming: PublishWorkload.Naming, _ model: SurvivalModel
  ) async {
    let report = await PublishWorkload(naming: naming).explore(
      model, mutation: .noDirectorySynchronization)
    #expect(report.violationCount > 0)
  }

  @Test(
    "Leaving out the second fsync of the file is found when xfs shuts down",
    arguments: [PublishWorkload.Naming.replacing, .numbered], SurvivalModel.allCases)
  func secondFileSynchronizationCounts(
    _ naming: PublishWorkload.Naming, _ model: SurvivalModel
  ) async {
    let shutDown = [Fault(.shutDown, at: .synchronizeDirectory, ordinal: 2)]
    let workload = PublishWorkload(naming: naming)
    let good = await workload.explore(model, faults: shutDown)
    #expect(good.violationCount == 0, "\(good)")
    let report = await workload.explore(
      model, faults: shutDown, mutation: .noSecondFileSynchronization)
    #expect(report.violationCount > 0)
  }

  @Test("Removing the old before the new is saved is found", arguments: SurvivalModel.allCases)
  func orderOfRemovalCounts(_ model: SurvivalModel) async {
    let workload = PublishWorkload(removal: .beforePublish, generations: 1...3)
    let report = await workload.explore(model)
    #expect(report.violationCount > 0)
  }

  @Test("A retry of the fsync on the same file is found")
  func retriedSynchronizationCounts() async {
    var explorer = CrashExplorer()
    explorer.pageSizeBytes = 16
    explorer.faults = [Fault(.failAndForget, at: .synchronizeFile)]
    let workload = PublishWorkload(generations: 1...1)
    let report = await explorer.explore(
      setUp: workload.setUp,
      workload: { disk, record in
        record(PublishWorkload.Event.began(1))
        let directory = try disk.openDirectory("/run")
        let file = try directory.open(".ckpt-tmp-retry", .createExclusive)
        _ = try workload.bytes(1).withUnsafeBytes { try file.write($0, at: 0) }
        do {
          try file.synchronize()
        } catch {
          try file.synchronize()
        }
        try directory.rename(".ckpt-tmp-retry", to: workload.name(1), replacing: false)
        try directory.synchronize()
        record(.saved(1))
      },
      check: workload.violation)
    #expect(report.violationCount > 0)
  }
}
