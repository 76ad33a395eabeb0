import Checkpoint
import Foundation
import SystemPackage

/// Checks what is left in a store's directory after its saver was cut off.
struct Judge {
  let directory: FilePath
  /// The newest step that must be there.
  private var newest: UInt64 = 0
  /// How many sound checkpoints were seen that have blocks in common with others.
  private(set) var sharingCount = 0

  init(directory: FilePath) { self.directory = directory }

  /// Whether the cut hit the middle of a save: it left a temporary.
  var isTemporaryLeft: Bool { names.contains { $0.hasPrefix(".ckpt-tmp-") } }

  private var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: directory.string)) ?? []
  }

  /// What is wrong after a saver that acknowledged these steps; each fault is told once.
  mutating func violations(after acknowledged: [UInt64]) -> [String] {
    newest = max(newest, acknowledged.last ?? 0)
    // Nobody has to have made the directory yet.
    guard newest > 0 || FileManager.default.fileExists(atPath: directory.string) else { return [] }
    var found: [String] = []
    do {
      try look(&found)
    } catch {
      found.append("\(error)")
    }
    return found
  }

  private mutating func look(_ found: inout [String]) throws {
    let store = try CheckpointStore(at: directory, options: StoreOptions(access: .readOnly))
    for stored in try store.list() {
      if let failure = stored.failure {
        found.append("listed and unreadable: \(failure)")
        continue
      }
      if try store.verify(stored).state != .intact {
        found.append("\(stored.fileName) is damaged")
        continue
      }
      if try store.load(stored).tensors != Saver.checkpoint(stored.step ?? 0).tensors {
        found.append("\(stored.fileName) holds something else")
      }
      if let shared = try store.sharedBytes(of: stored), shared > 0 { sharingCount += 1 }
    }
    let latest = try store.latest()?.checkpoint.step ?? 0
    // The one that was being saved may have made it without its line.
    if latest < newest || latest > newest + 1 {
      found.append("acknowledged \(newest), newest is \(latest)")
    }
    newest = latest
    // The next start clears up.
    let next = try CheckpointStore(at: directory)
    for name in names where name.hasPrefix(".ckpt-tmp-") { found.append("\(name) stayed") }
    try lookAtPruning(next, latest: latest, &found)
  }

  /// Whatever pruning was cut off: the best is there, and pruning again leaves what it should.
  private func lookAtPruning(
    _ store: CheckpointStore, latest: UInt64, _ found: inout [String]
  ) throws {
    guard latest > 0 else { return }
    let best = (1...latest).filter { Saver.loss($0) != nil }
      .min { (Saver.loss($0) ?? 0) < (Saver.loss($1) ?? 0) }
    try store.prune(by: try RetentionPolicy(Saver.policy))
    let steps = try store.list().compactMap(\.step)
    if let best, !steps.contains(best) {
      found.append("the best of \(latest), \(best), is gone: \(steps)")
    }
    if steps.last != latest { found.append("the newest, \(latest), was pruned: \(steps)") }
    if steps.count > Saver.keptLimit { found.append("\(steps) are left of \(Saver.policy)") }
  }
}
