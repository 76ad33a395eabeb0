import Checkpoint
import CheckpointIO
import SimulatedDisk
import Synchronization
import SystemPackage
import Testing

@testable import CheckpointTrainer

/// The power goes at every operation on the files of `CSVLogger` and `TensorBoard`; whatever the disk then
/// holds, the run that goes on from the newest checkpoint ends with the files of an undisturbed one.
@Suite("Logs survive power cuts")
struct LogCrashTests {
  /// A checkpoint was taken, to be found here.
  struct Moment: Hashable, Sendable {
    static let checkpoints = Mutex<[Checkpoint]>([])
    let number: Int
  }

  private static func training() throws -> SmallTraining {
    var training = try SmallTraining()
    training.batchSize = 11  // Two batches to the epoch.
    return training
  }

  private static func callbacks(_ disk: any FileSystem) -> [any Callback] {
    let csv = CSVLogger("/sim/log.csv")
    csv.fileSystem = disk
    let board = TensorBoard("/sim/board", writesGraph: false)
    board.fileSystem = disk
    return [csv, board]
  }

  private static func fit(
    _ model: Sequential, on disk: any FileSystem, _ recorder: Recorder
  ) throws {
    try training().fit(model, callbacks: callbacks(disk) + [recorder], verbose: 0)
  }

  private static func bytes(_ name: String, in directory: any Directory) throws -> [UInt8] {
    let file = try directory.open(name, .read)
    var bytes = [UInt8](repeating: 0, count: Int(try file.status().sizeBytes))
    let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    return Array(bytes.prefix(count))
  }

  private static func csv(on disk: any FileSystem) throws -> [UInt8] {
    try bytes("log.csv", in: disk.openDirectory("/sim"))
  }

  private static func points(on disk: any FileSystem) throws -> [EventReader.Point] {
    let board = try disk.openDirectory("/sim/board")
    return try ["train", "validation"].flatMap { part in
      let directory = try board.openDirectory(part)
      return try directory.entryNames().flatMap {
        try EventReader(bytes($0, in: directory)).points
      }.sorted()
    }
  }

  private static func explore(_ mutation: Mutation? = nil) async throws -> CrashReport {
    let undisturbed = SimulatedDisk()
    try fit(try training().model(), on: undisturbed, Recorder { _ in })
    let expected = (try csv(on: undisturbed), try points(on: undisturbed))
    var explorer = CrashExplorer()
    explorer.pageSizeBytes = 64  // Less than a line.
    explorer.exhaustiveLimit = 16
    explorer.sampleCount = 6
    explorer.isIrrelevant = { TemporaryName.matches($0) }
    if let mutation { explorer.wrap = { MutantFileSystem($0, mutation, finalName: { _ in "x" }) } }
    return await explorer.explore(
      setUp: { disk in try disk.createDirectory("/sim") },
      workload: { disk, record in
        let recorder = Recorder { checkpoint in
          let number = Moment.checkpoints.withLock {
            $0.append(checkpoint)
            return $0.count - 1
          }
          record(Moment(number: number))
        }
        try fit(try training().model(), on: disk, recorder)
      },
      check: { (disk, events: [Moment]) in
        // A run that has no checkpoint begins anew: then the other one's points are no concern of its.
        guard let newest = events.last else { return nil }
        let model = try Sequential(from: Moment.checkpoints.withLock { $0[newest.number] })
        try fit(model, on: disk, Recorder { _ in })
        if try csv(on: disk) != expected.0 { return "the CSV file differs" }
        return try points(on: disk) == expected.1 ? nil : "the points differ"
      })
  }

  @Test("whatever is lost") func survives() async throws {
    let report = try await Self.explore()
    print("power cuts, logs: \(report)")
    #expect(report.violationCount == 0, "\(report)")
    #expect(report.uncutError == nil)
    #expect(report.crashPointCount > 20)
  }

  @Test("the check has teeth: files that are not synchronized are found")
  func teeth() async throws {
    let report = try await Self.explore(.noFileSynchronization)
    #expect(report.violationCount > 0)
  }
}

/// Hands over a checkpoint after every batch and every epoch.
private final class Recorder: Callback {
  private let take: (Checkpoint) -> Void

  init(_ take: @escaping (Checkpoint) -> Void) { self.take = take }

  func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) { take(try training.model.checkpoint()) }

  func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) { take(try training.model.checkpoint()) }
}
