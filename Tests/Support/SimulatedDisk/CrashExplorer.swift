package import CheckpointIO

/// Runs a workload once for each operation it makes, cuts the power there, and has every state that
/// the disk may then be in checked.
///
/// The same for a whole store; `wrap` puts a mutant between, to show that the check has teeth:
///
/// ```swift
/// enum Event: Hashable { case began(Int), saved(Int) }
///
/// var explorer = CrashExplorer()
/// explorer.isIrrelevant = { TemporaryName.matches($0) || $0 == WriterLock.fileName }
/// let report = await explorer.explore(
///   setUp: { disk in try disk.createDirectory("/run") },
///   workload: { disk, record in
///     let store = try CheckpointStore(at: "/run", fileSystem: disk)
///     for step in 1...3 {
///       record(Event.began(step))
///       try await store.save(checkpoint(step))
///       record(Event.saved(step))
///     }
///   },
///   check: { disk, events in
///     let store = try CheckpointStore(at: "/run", fileSystem: disk)
///     let found = try store.latest()?.step ?? 0
///     let saved = events.count { if case .saved = $0 { true } else { false } }
///     return found >= saved ? nil : "saved \(saved), found \(found)"
///   })
/// #expect(report.violationCount == 0, "\(report)")
///
/// explorer.wrap = { MutantFileSystem($0, .noDirectorySynchronization) }
/// // the same again: #expect(report.violationCount > 0)
/// ```
///
/// The workload is run anew for each cut and should do the same each time; names and times drawn
/// by lot are no harm. A check gets a disk of its own and may write on it: to recover, to save
/// again.
package struct CrashExplorer: Sendable {
  package var pageSizeBytes = 4096
  /// What may happen to directory changes; `.anySubset` contains the states of the other.
  package var survivalModel = SurvivalModel.anySubset
  /// Up to this many states per cut are tried exhaustively, and of more a sample of `sampleCount`,
  /// drawn with `seed`.
  package var exhaustiveLimit = 20_000
  package var sampleCount = 200
  package var seed: UInt64 = 1
  /// Whether files can share blocks.
  package var sharesBlocks = false
  /// What goes wrong besides the cut.
  package var faults: [Fault] = []
  /// Files whose content the check doesn't look at.
  package var isIrrelevant: @Sendable (String) -> Bool = { _ in false }
  /// What the workload sees of the disk.
  package var wrap: @Sendable (SimulatedDisk) -> any FileSystem = { $0 }

  package init() {}

  /// - Parameters:
  ///   - setUp: Prepares the disk; what it leaves is durable, and isn't cut into.
  ///   - workload: What is to survive. It records what it has begun and what it holds for saved.
  ///     It is expected to throw when the power goes.
  ///   - check: Whether a state found after a cut keeps the promises that `events` made. Returns
  ///     what is wrong, or nil; throwing is wrong too.
  package func explore<Event: Hashable & Sendable>(
    setUp: (any FileSystem) async throws -> Void = { _ in },
    workload: (any FileSystem, _ record: @escaping @Sendable (Event) -> Void) async throws -> Void,
    check: (any FileSystem, _ events: [Event]) async throws -> String?
  ) async -> CrashReport {
    var report = CrashReport()
    let prepared = SimulatedDisk(pageSizeBytes: pageSizeBytes)
    do {
      try await setUp(prepared)
    } catch {
      report.uncutError = "set-up: \(error)"
      return report
    }
    let image = prepared.visibleImage
    var seen: [[Event]: Set<DiskImage>] = [:]
    for cut in 0... {
      let disk = SimulatedDisk(
        mounting: image, pageSizeBytes: pageSizeBytes, sharesBlocks: sharesBlocks, faults: faults,
        powerCutAfterOperation: cut)
      let events = Locked<[Event]>([])
      do {
        try await workload(wrap(disk)) { event in events.withLock { $0.append(event) } }
      } catch {
        if !disk.isPowerOff { report.uncutError = "\(error)" }
      }
      let isComplete = !disk.isPowerOff
      disk.cutPower()
      report.crashPointCount += 1
      let recorded = events.withLock { $0 }
      let states = disk.survivingStates(
        survivalModel, limit: exhaustiveLimit, sampleCount: sampleCount,
        seed: seed &+ UInt64(cut), isIrrelevant: isIrrelevant)
      if !states.isExhaustive { report.sampledPointCount += 1 }
      for state in states.images
      where seen[recorded, default: []].insert(state.removing(isIrrelevant)).inserted {
        report.stateCount += 1
        guard let violation = await violation(in: state, recorded, check) else { continue }
        report.violationCount += 1
        if report.violations.count < 5 {
          let last = disk.operations.last.map { "\($0)" } ?? "nothing"
          report.violations.append("after operation \(cut) (\(last)): \(violation) in \(state)")
        }
      }
      if isComplete { return report }
    }
    return report
  }

  private func violation<Event>(
    in state: DiskImage, _ events: [Event],
    _ check: (any FileSystem, [Event]) async throws -> String?
  ) async -> String? {
    do {
      return try await check(SimulatedDisk(mounting: state, pageSizeBytes: pageSizeBytes), events)
    } catch {
      return "\(error)"
    }
  }
}
