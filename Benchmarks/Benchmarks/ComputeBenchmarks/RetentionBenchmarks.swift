import Benchmark
import Checkpoint

/// Planning: 100,000 checkpoints in under 100 ms, growing as their number does.
func retentionBenchmarks() {
  let policies = [
    ("long", "last=5,best=5:val_acc:max,thin=1h:4,first"),
    (
      "all rules",
      "last=5,best=5:val_acc:max,best=3:val_loss:min,thin=1h:4,thin=1000steps:2,every=5epochs,"
        + "hourly=24,daily=7,weekly=4,tag=final,first,max-count=50,max-bytes=200GiB"
    ),
  ]
  for (name, text) in policies {
    guard let policy = try? RetentionPolicy(text) else { continue }
    for count in [1000, 10_000, 100_000, 1_000_000] {
      let inventory = Inventory(entries(count))
      Benchmark(named("plan \(count) checkpoints, \(name)")) { benchmark in
        for _ in benchmark.scaledIterations {
          blackHole(policy.plan(inventory, nowNanoseconds: 0))
        }
      }
    }
    var generator = SystemRandomNumberGenerator()
    let shuffled = Inventory(entries(100_000).shuffled(using: &generator))
    Benchmark(named("plan 100000 checkpoints in no order, \(name)")) { benchmark in
      for _ in benchmark.scaledIterations {
        blackHole(policy.plan(shuffled, nowNanoseconds: 0))
      }
    }
  }
}

/// A checkpoint each 20 minutes; every hundredth metric is NaN.
private func entries(_ count: Int) -> [InventoryEntry] {
  (1...count).map { number in
    let value = Double((number &* 7919) % 10007) / 10007
    return InventoryEntry(
      name: "\(number).ckpt", fileID: UInt128(number), runID: 1, sequence: UInt64(number),
      step: UInt64(number) * 1000, epoch: UInt64(number),
      timeNanoseconds: Int64(number) * 1200 * 1_000_000_000, sizeBytes: 1 << 30,
      metrics: ["val_acc": number % 100 == 0 ? .nan : value, "val_loss": 1 - value])
  }
}
