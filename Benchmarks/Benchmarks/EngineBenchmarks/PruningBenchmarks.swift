import Benchmark
import Checkpoint
import SystemPackage

/// What pruning adds to a save: the newest is read and verified, one older file removed.
func pruningBenchmarks(_ name: String, _ state: Checkpoint, in folder: FilePath) {
  for (title, text) in [("all kept", nil), ("one pruned", "last=2")] {
    Benchmark("save in a store, \(name), \(title)") { benchmark in
      let path = folder.appending("run-\(name)-\(title)")
      let policy = try text.map { StoreRetention.policy(try RetentionPolicy($0)) }
      let store = try CheckpointStore(at: path, retention: policy ?? .keepAll)
      for _ in 0..<2 { try store.save(state) }
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations { try store.save(state) }
      benchmark.stopMeasurement()
      try store.prune(by: try RetentionPolicy("last=1"))
    }
  }
}
