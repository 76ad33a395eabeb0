import CheckpointIO
import SimulatedDisk
import SystemPackage
import Testing

/// A run that was cut off is taken up again on whatever the disk holds then.
@Suite struct RecoveryTests {
  enum Event: Hashable { case saved }

  static let bytes: [UInt8] = (0..<5).flatMap { [UInt8](repeating: $0 + 1, count: 8) }

  /// Under a lock, a file written in pieces out of order, its head patched last, as containers are.
  private func save(_ disk: any FileSystem) throws {
    let directory = try disk.openDirectory("/run")
    let lock = try WriterLock.acquire(in: directory)
    try StaleTemporaries.remove(in: directory)
    let file = try AtomicFile(in: directory, expectedSizeBytes: 48)
    for piece in [0, 2, 1, 4, 3] {
      try Self.bytes[piece * 8..<piece * 8 + 8].withUnsafeBytes {
        try file.write($0, at: UInt64(piece * 8))
      }
    }
    try Self.bytes[..<4].withUnsafeBytes { try file.write($0, at: 0) }
    try file.commit(as: "a", replacing: true)
    lock.release()
  }

  @Test(
    "Whatever is left, the next save sweeps it up and succeeds", arguments: SurvivalModel.allCases)
  func recovers(_ model: SurvivalModel) async {
    var explorer = CrashExplorer()
    explorer.pageSizeBytes = 32
    explorer.survivalModel = model
    explorer.exhaustiveLimit = 5000
    let report = await explorer.explore(
      setUp: { try $0.createDirectory("/run") },
      workload: { disk, record in
        try save(disk)
        record(Event.saved)
      },
      check: { disk, events in
        let directory = try disk.openDirectory("/run")
        let isThere = try directory.entryNames().contains("a")
        if isThere, try directory.contents(of: "a") != Self.bytes { return "torn" }
        if !isThere, events == [.saved] { return "gone" }
        try save(disk)
        guard try directory.contents(of: "a") == Self.bytes else { return "not saved again" }
        let names = try Set(directory.entryNames())
        return names == ["a", WriterLock.fileName] ? nil : "left: \(names)"
      })
    #expect(report.violationCount == 0, "\(report)")
    #expect(report.uncutError == nil)
    #expect(report.sampledPointCount == 0)
    #expect(report.stateCount > 200)
  }
}
