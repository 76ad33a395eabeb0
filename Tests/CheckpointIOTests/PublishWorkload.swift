import CheckpointIO
import SimulatedDisk
import SystemPackage

/// Generations of a file, saved one after the other; what the crash tests run and check.
struct PublishWorkload: Sendable {
  enum Naming: Sendable {
    /// All under one name: each replaces the one before.
    case replacing
    /// Each under its own name.
    case numbered
  }

  enum Removal: Sendable {
    case never
    /// The oldest goes when a newer one is acknowledged.
    case afterPublish
    /// A bug: it goes in the hope that the newer one will be saved.
    case beforePublish
  }

  enum Event: Hashable {
    case began(Int)
    case saved(Int)
    case failed(Int)
  }

  var naming = Naming.numbered
  var removal = Removal.never
  var generations = 1...2
  var keptCount = 1
  /// Of one file, in bytes; the crash tests have pages of 16 bytes.
  var sizeBytes = 40

  static let path = "/run"

  func name(_ generation: Int) -> String {
    switch naming {
    case .replacing: "ckpt"
    case .numbered: "ckpt-\(generation)"
    }
  }

  func bytes(_ generation: Int) -> [UInt8] {
    [UInt8](repeating: UInt8(generation), count: sizeBytes)
  }

  func setUp(_ disk: any FileSystem) throws {
    try disk.createDirectory("/run")
  }

  /// Saves all generations. One that can't be saved is recorded as failed, and the next is tried.
  func run(_ disk: any FileSystem, record: (Event) -> Void) throws {
    let directory = try disk.openDirectory("/run")
    for generation in generations {
      record(.began(generation))
      if removal == .beforePublish { try removeOld(before: generation + 1, directory) }
      do {
        try directory.publish(
          bytes(generation), as: name(generation), replacing: naming == .replacing)
      } catch {
        record(.failed(generation))
        continue
      }
      record(.saved(generation))
      if removal == .afterPublish { try removeOld(before: generation + 1, directory) }
    }
  }

  private func removeOld(before end: Int, _ directory: any Directory) throws {
    let old = end - 1 - keptCount
    guard generations.contains(old) else { return }
    try directory.remove(name(old))
  }

  /// What is wrong with a disk found after a crash: something torn under a final name, or nothing
  /// as new as what was acknowledged.
  func violation(_ disk: any FileSystem, _ events: [Event]) throws -> String? {
    let directory = try disk.openDirectory("/run")
    var found: Set<Int> = []
    for name in try directory.entryNames() where !TemporaryName.matches(name) {
      let content = try directory.contents(of: name)
      guard let generation = generations.first(where: { bytes($0) == content }) else {
        return "\(name) is torn"
      }
      guard name == self.name(generation) else { return "\(name) is generation \(generation)" }
      guard events.contains(.began(generation)) else { return "\(name) was never begun" }
      found.insert(generation)
    }
    let saved = generations.filter { events.contains(.saved($0)) }
    if let newest = saved.last, (found.max() ?? 0) < newest {
      return "saved \(newest), found \(found.max() ?? 0)"
    }
    // With names of their own, all that is to be kept is there.
    guard naming == .numbered, removal != .beforePublish else { return nil }
    let kept = removal == .never ? saved[...] : saved.suffix(keptCount)
    return kept.first { !found.contains($0) }.map { "saved \($0), not found" }
  }

  /// Cuts the power at every operation and checks every state.
  func explore(
    _ model: SurvivalModel, faults: [Fault] = [], mutation: Mutation? = nil
  ) async -> CrashReport {
    var explorer = CrashExplorer()
    explorer.pageSizeBytes = 16
    explorer.survivalModel = model
    explorer.faults = faults
    explorer.isIrrelevant = TemporaryName.matches
    if let mutation {
      explorer.wrap = { disk in
        // The generation that is being written is the next one that isn't there yet.
        MutantFileSystem(disk, mutation) { _ in inPlaceName(disk) }
      }
    }
    return await explorer.explore(
      setUp: setUp, workload: { disk, record in try run(disk, record: record) },
      check: violation)
  }

  @Sendable private func inPlaceName(_ disk: SimulatedDisk) -> String {
    let names = (try? disk.openDirectory("/run").entryNames()) ?? []
    let next = generations.first { !names.contains(name($0)) }
    return name(next ?? generations.upperBound)
  }
}
