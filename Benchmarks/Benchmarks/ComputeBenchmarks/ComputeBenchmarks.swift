import Benchmark
import Foundation
import SystemPackage

/// A benchmark's name as its thresholds' file is named: the harness writes that with underscores and looks for it
/// with the name as it is.
func named(_ text: String) -> String { text.replacing(" ", with: "_") }

/// What the processor does: coding, opening, planning, training. These have thresholds, as no disk's mood moves
/// them; files lie in memory where the system has a place for that.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock], warmupIterations: 1, maxDuration: .seconds(1), maxIterations: 1000,
    // Another machine of the same class passes, one that takes twice as long doesn't.
    thresholds: [.wallClock: .init(relative: [.p90: 70])])
  let memory = "/dev/shm"
  let parent =
    FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
  let folder = FilePath(parent).appending("ckpt-benchmarks-\(getpid())")
  Benchmark.startupHook = {
    try FileManager.default.createDirectory(
      atPath: folder.string, withIntermediateDirectories: true)
  }
  Benchmark.shutdownHook = { try? FileManager.default.removeItem(atPath: folder.string) }
  checksumBenchmarks()
  codingBenchmarks(in: folder)
  indexBenchmarks(in: folder)
  retentionBenchmarks()
  trainerBenchmarks()
}
