import Checkpoint
import CheckpointIO
import CheckpointRetention
import Foundation
import Synchronization
import SystemPackage
import Testing

/// One thread saves, two prune by different policies, one reads, all through stores of their own on one
/// directory of the real disk. 150 rounds by default; with `CKPT_LONG_TESTS=1` five thousand.
@Suite("Two pruners, a saver and a reader on one directory")
struct PruningRaceTests {
  static let isLong = ProcessInfo.processInfo.environment["CKPT_LONG_TESTS"] == "1"
  let directory = TemporaryDirectory()

  /// What the threads tell one another: the newest acknowledged step, and what has gone wrong.
  final class Board: Sendable {
    private let state = Locked<(step: Int, isOver: Bool, faults: [String])>((0, false, []))
    private let counts = Locked<[String: Int]>([:])

    var step: Int { state.withLock { $0.step } }
    var isOver: Bool { state.withLock { $0.isOver } }
    var faults: [String] { state.withLock { $0.faults } }
    func acknowledge(_ step: Int) { state.withLock { $0.step = step } }
    func end() { state.withLock { $0.isOver = true } }
    func fault(_ text: String) { state.withLock { $0.faults.append(text) } }
    func count(_ what: String, _ number: Int = 1) {
      counts.withLock { $0[what, default: 0] += number }
    }
    var tally: [String: Int] { counts.withLock { $0 } }
  }

  /// Falls to a new best now and then; every 50th is NaN.
  static func loss(_ step: Int) -> Double {
    step % 50 == 49 ? .nan : Double((step * 7919) % 1009) / 1009 + 1 / Double(step)
  }

  static func checkpoint(_ step: Int) -> Checkpoint {
    var checkpoint = Checkpoint(step: UInt64(step))
    checkpoint.tensors["w"] = Tensor([UInt64](repeating: UInt64(step), count: 600))
    checkpoint.metrics["val_loss"] = loss(step)
    return checkpoint
  }

  @Test("after each round the newest and the best are there, and readers never see anything torn")
  func race() async throws {
    let rounds = Self.isLong ? 5000 : 150
    let board = Board()
    let path = directory.path
    try Self.saveFirst(at: path)
    board.acknowledge(1)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await Self.onThread(board) { try Self.save(rounds, at: path, board) } }
      for (number, text) in ["last=2,best=1:val_loss:min", "last=4,best=2:val_loss:min"]
        .enumerated()
      {
        group.addTask {
          await Self.onThread(board) {
            try Self.prune(by: RetentionPolicy(text), at: path, isPlanned: number == 1, board)
          }
        }
      }
      group.addTask { await Self.onThread(board) { try Self.read(at: path, board) } }
    }
    #expect(board.faults.isEmpty, "\(board.faults.prefix(5))")
    let tally = board.tally
    print("pruners' race: \(rounds) rounds, \(tally)")
    #expect(tally["removed", default: 0] > rounds / 2)
    #expect(tally["pruned", default: 0] > rounds / 10)
    #expect(tally["read", default: 0] > 0)
    #expect(try Self.newestStep(at: path) == UInt64(rounds))
  }

  private static func saveFirst(at path: FilePath) throws {
    try CheckpointStore(at: path).save(checkpoint(1))
  }

  private static func newestStep(at path: FilePath) throws -> UInt64? {
    try CheckpointStore(at: path).list().last?.step
  }

  /// On a thread of its own: the work blocks.
  private static func onThread(
    _ board: Board, _ body: @escaping @Sendable () throws -> Void
  ) async {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        do { try body() } catch { board.fault("\(error)") }
        continuation.resume()
      }
    }
  }

  private static func save(_ rounds: Int, at path: FilePath, _ board: Board) throws {
    defer { board.end() }
    let store = try CheckpointStore(at: path)
    var best = (step: 1, value: loss(1))
    for step in 2...rounds {
      try store.save(checkpoint(step))
      board.acknowledge(step)
      if loss(step) < best.value { best = (step, loss(step)) }
      // The round's invariants; nobody else saves, so that nothing newer can have come.
      let listed = try store.list()
      if listed.last?.step != UInt64(step) { board.fault("the newest of \(step) is gone") }
      if !listed.contains(where: { $0.step == UInt64(best.step) }) {
        board.fault("the best, \(best.step), is gone at \(step)")
      }
      if let failure = listed.compactMap(\.failure).first { board.fault("\(failure)") }
      // As training would; a saver that never pauses would have the lock to itself.
      usleep(UInt32.random(in: 0...4000))
    }
  }

  private static func prune(
    by policy: RetentionPolicy, at path: FilePath, isPlanned: Bool, _ board: Board
  ) throws {
    let store = try CheckpointStore(at: path)
    while !board.isOver {
      do throws(CheckpointError) {
        let report =
          isPlanned ? try store.prune(store.pruningPlan(by: policy)) : try store.prune(by: policy)
        board.count("removed", report.plan.removed.count)
        board.count("pruned")
      } catch {
        guard error.code == .stalePlan else { throw error }
        board.count("stale")
      }
      // Two pruners that ask without a pause would keep the saver waiting.
      usleep(500)
    }
  }

  private static func read(at path: FilePath, _ board: Board) throws {
    let store = try CheckpointStore(at: path, options: StoreOptions(access: .readOnly))
    while !board.isOver {
      let acknowledged = board.step
      guard let latest = try store.latest() else {
        board.fault("nothing to read at \(acknowledged)")
        continue
      }
      let step = Int(latest.checkpoint.step ?? 0)
      if step < acknowledged { board.fault("read \(step), acknowledged \(acknowledged)") }
      if latest.checkpoint.tensors != checkpoint(step).tensors { board.fault("\(step) is another") }
      board.count("read")
    }
  }
}
