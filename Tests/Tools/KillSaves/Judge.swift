import Checkpoint
import Foundation
import SystemPackage

/// Starts savers, kills each at a random moment, and checks what is left.
struct Judge {
  let directory: FilePath
  let killCount: Int
  var generator: SystemRandomNumberGenerator = .init()

  /// What was seen over all kills.
  struct Tally {
    var kills = 0
    var acknowledged = 0
    /// Kills after which a temporary was left: they hit the middle of a save.
    var inSave = 0
    var violations: [String] = []
  }

  mutating func run() throws -> Tally {
    var tally = Tally()
    var newest: UInt64 = 0
    for number in 1...killCount {
      let acknowledged = try killOneSaver()
      tally.kills += 1
      tally.acknowledged += acknowledged.count
      newest = max(newest, acknowledged.last ?? 0)
      if try names().contains(where: { $0.hasPrefix(".ckpt-tmp-") }) { tally.inSave += 1 }
      for violation in try violations(newest: &newest) {
        tally.violations.append("kill \(number): \(violation)")
      }
      if number % 100 == 0 {
        FileHandle.standardError.write(
          Data("\(number) kills, \(tally.acknowledged) acknowledged saves\n".utf8))
      }
    }
    return tally
  }

  /// The steps that the saver acknowledged before it died.
  private mutating func killOneSaver() throws -> [UInt64] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["--saver", directory.string]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    // Its first line says that it is about to save; what comes in with it counts too.
    var output = pipe.fileHandleForReading.availableData
    usleep(UInt32.random(in: 0..<30_000, using: &generator))
    kill(process.processIdentifier, SIGKILL)
    output.append(pipe.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    guard process.terminationReason == .uncaughtSignal else {
      throw CheckpointError(.io, "the saver ended by itself, status \(process.terminationStatus)")
    }
    // A last line without its end was cut off in the middle: it doesn't count.
    return String(decoding: output, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).dropLast().compactMap { UInt64($0) }
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.string)
  }

  private func violations(newest: inout UInt64) throws -> [String] {
    var found: [String] = []
    guard newest > 0 || (try? names()) != nil else { return [] }
    let store = try CheckpointStore(at: directory, options: StoreOptions(access: .readOnly))
    for stored in try store.list() {
      if let failure = stored.failure {
        found.append("listed and unreadable: \(failure)")
        continue
      }
      let loaded = try store.load(stored)
      if loaded.tensors != Saver.checkpoint(stored.step ?? 0).tensors {
        found.append("\(stored.fileName) holds something else")
      }
      if try store.verify(stored).state != .intact { found.append("\(stored.fileName) is damaged") }
    }
    let latest = try store.latest()?.checkpoint.step ?? 0
    // The one that was being saved may have made it without its line.
    if latest < newest || latest > newest + 1 {
      found.append("acknowledged \(newest), newest is \(latest)")
    }
    newest = max(newest, latest)
    // The next start clears up.
    _ = try CheckpointStore(at: directory)
    for name in try names() where name.hasPrefix(".ckpt-tmp-") { found.append("\(name) stayed") }
    return found
  }
}
