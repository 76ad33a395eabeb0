import Testing

@testable import CheckpointRetention

@Suite("Forecasts of policies")
struct ForecastTests {
  static let day: UInt64 = 86400

  static func forecast(
    _ policy: String, seconds: UInt64, every interval: UInt64, size: UInt64 = 10,
    _ shape: MetricCurve.Shape = .improving, nanShare: Double = 0, free: UInt64? = nil,
    work: Double = 4_000_000
  ) throws -> RetentionForecast {
    RetentionForecast(
      of: try RetentionPolicy(policy),
      in: .init(
        durationSeconds: seconds, intervalSeconds: interval, sizeBytes: size,
        curve: MetricCurve(shape, nanShare: nanShare), freeBytes: free), work: work)
  }

  @Test("a sample after each save, one checkpoint more at the peak, ages from the end")
  func lastThree() throws {
    let forecast = try Self.forecast("last=3", seconds: 65, every: 10)
    #expect(forecast.scenario.saveCount == 6)
    #expect(forecast.samples.map(\.seconds) == [10, 20, 30, 40, 50, 60])
    #expect(forecast.samples.map(\.count) == [1, 2, 3, 3, 3, 3])
    #expect(forecast.samples.map(\.bytes) == [10, 20, 30, 30, 30, 30])
    #expect(forecast.peakCount == 4)
    #expect(forecast.peakBytes == 40)
    #expect(forecast.finalAges == [5, 15, 25])
    #expect(forecast.diskFullSeconds == nil)
    #expect(
      [0, 9, 10, 29, 30, 1000].map { forecast.sample(atSeconds: $0).count } == [0, 0, 1, 2, 3, 3])
  }

  @Test("a run too short for a save")
  func noSave() throws {
    let forecast = try Self.forecast("last=3", seconds: 9, every: 10, free: 0)
    #expect(forecast.samples.isEmpty && forecast.finalAges.isEmpty)
    #expect(forecast.peakBytes == 0 && forecast.diskFullSeconds == nil)
  }

  @Test("the disk is full when the next file has no room, the old one not gone yet")
  func diskFull() throws {
    func full(_ free: UInt64, _ policy: String = "all", work: Double = 4_000_000) throws -> UInt64?
    {
      try Self.forecast(policy, seconds: 1000, every: 10, free: free, work: work).diskFullSeconds
    }
    #expect(try full(9) == 10)
    #expect(try full(10) == 20)
    #expect(try full(59) == 60)
    #expect(try full(999) == 1000)
    #expect(try full(1000) == nil)
    #expect(try full(39, "last=3") == 40)
    #expect(try full(40, "last=3") == nil)
    // Planned for less often, it is found at the same save.
    #expect(try full(599, work: 100) == 600)
    #expect(try full(40, "last=3", work: 10) == nil)
  }

  @Test("free space that the policy demands stays free")
  func minimumFree() throws {
    let forecast = try Self.forecast(
      "all,min-free=55B", seconds: 1000, every: 10, free: 100)
    #expect(forecast.samples.allSatisfy { 100 - $0.bytes >= 55 })
    #expect(forecast.samples.last?.count == 4)
    #expect(forecast.peakCount == 5)
  }

  static let policies = [
    "last=5", "last=5,best=5:val_acc:max,thin=1h:4,first", "every=1h,last=3",
    "best=3:loss:min,best=2:acc:max,hourly=24,daily=7", "last=40,max-count=10",
    "every=7epochs,every=10000steps", "thin=4epochs:3,max-bytes=100B",
  ]

  @Test("plays the planner as one would by hand", arguments: policies)
  func byHand(_ text: String) throws {
    let forecast = try Self.forecast(text, seconds: 2 * Self.day, every: 700, nanShare: 0.1)
    let policy = forecast.policy
    var alive: [InventoryEntry] = []
    var counts: [Int] = []
    let start: Int64 = 1_736_121_600
    for number in 1...forecast.scenario.saveCount {
      var entry = InventoryEntry(
        name: "n\(number)", sequence: UInt64(number), step: UInt64(number) * 1000,
        epoch: UInt64(number), timeNanoseconds: (start + Int64(number) * 700) * 1_000_000_000,
        sizeBytes: 10)
      for (place, metric) in policy.trackedMetrics.enumerated() {
        entry.metrics[metric.name] = forecast.scenario.curve?.value(
          ofSave: number, of: forecast.scenario.saveCount, mode: metric.mode, metric: place)
      }
      alive.append(entry)
      let plan = policy.plan(Inventory(alive), nowNanoseconds: entry.timeNanoseconds)
      let gone = Set(plan.removedIndices.map { plan.entries[$0].name })
      alive.removeAll { gone.contains($0.name) }
      counts.append(alive.count)
    }
    #expect(forecast.samples.map(\.count) == counts)
    let ages = alive.reversed().map { 2 * Self.day - $0.sequence * 700 }
    #expect(forecast.finalAges == ages)
  }

  @Test("planned for less often, what stays is the same", arguments: policies)
  func sparsePlans(_ text: String) throws {
    let exact = try Self.forecast(text, seconds: 4 * Self.day, every: 300, nanShare: 0.1)
    let rough = try Self.forecast(
      text, seconds: 4 * Self.day, every: 300, nanShare: 0.1, work: 3000)
    #expect(exact.samples.count == 1152)
    #expect(rough.samples.count < 600)
    let counts = rough.samples.map { exact.sample(atSeconds: $0.seconds).count }
    if exact.policy.limits.isEmpty {
      #expect(rough.samples.map(\.count) == counts)
      #expect(rough.finalAges == exact.finalAges)
    } else {
      // What a limit took once is not there to fill a gap later.
      #expect(zip(rough.samples, counts).allSatisfy { abs($0.count - $1) <= 2 })
    }
    #expect(rough.peakCount <= exact.peakCount && rough.peakCount >= exact.peakCount - 2)
  }

  @Test("steps and epochs advance")
  func stepsAndEpochs() throws {
    // Newest first: the last one stays in any case.
    let steps = try Self.forecast("every=5000steps", seconds: 22, every: 1)
    #expect(steps.finalAges == [0, 2, 7, 12, 17, 21])
    let epochs = try Self.forecast("every=10epochs", seconds: 22, every: 1)
    #expect(epochs.finalAges == [0, 2, 12, 21])
  }

  @Test("best ones lie where the curve is best")
  func bestOnes() throws {
    func ages(_ shape: MetricCurve.Shape, _ metric: String, nanShare: Double = 0) throws -> [UInt64]
    {
      let policy = "best=4:\(metric),last=1"
      return try Self.forecast(policy, seconds: 1000, every: 1, shape, nanShare: nanShare).finalAges
    }
    for metric in ["val_acc", "val_loss"] {
      #expect(try ages(.improving, metric).allSatisfy { $0 < 250 })
      #expect(try ages(.overfitting, metric).dropFirst().allSatisfy { (600...850).contains($0) })
      #expect(try ages(.worsening, metric).dropFirst().allSatisfy { $0 > 900 })
      // Ties go to the earliest.
      #expect(try ages(.constant, metric) == [0, 996, 997, 998, 999])
      #expect(try ages(.improving, metric, nanShare: 1) == [0])
    }
  }

  @Test("sizes beyond all measure stop at the largest number")
  func hugeSizes() throws {
    let forecast = try Self.forecast("all", seconds: 100, every: 10, size: .max, free: .max)
    #expect(forecast.peakBytes == .max)
    #expect(forecast.samples.last?.bytes == .max)
    let late = try Self.forecast("last=1", seconds: .max, every: .max / 2)
    #expect(late.samples.map(\.count) == [1, 1])
  }

  @Test("without a curve no metrics are known")
  func noCurve() throws {
    let forecast = RetentionForecast(
      of: try RetentionPolicy("last=1,best=5:loss"),
      in: .init(durationSeconds: 100, intervalSeconds: 1, sizeBytes: 1, curve: nil))
    #expect(forecast.finalAges == [0])
  }

  // MARK: Presets

  /// Alive after an hour, a day and three weeks, and at most.
  static let presets: [(RetentionPreset, UInt64, [ClosedRange<Int>], Int)] = [
    (.short, 900, [3...4, 3...4, 3...4], 4), (.regular, 900, [4...4, 10...10, 10...10], 10),
    (.long, 1800, [2...2, 10...15, 20...24], 24), (.long, 7200, [0...0, 8...11, 16...22], 22),
  ]

  @Test("what the presets keep", arguments: presets)
  func preset(
    _ preset: RetentionPreset, _ interval: UInt64, _ counts: [ClosedRange<Int>], _ most: Int
  ) throws {
    for shape in MetricCurve.Shape.allCases {
      let forecast = RetentionForecast(
        of: try preset.policy(monitor: "val_acc"),
        in: .init(
          durationSeconds: 21 * Self.day, intervalSeconds: interval, sizeBytes: 1,
          curve: MetricCurve(shape)))
      for (seconds, range) in zip([3600, Self.day, 21 * Self.day], counts) {
        let count = forecast.sample(atSeconds: seconds).count
        #expect(range.contains(count), "\(preset), \(shape): \(count) after \(seconds) s")
      }
      #expect(forecast.samples.allSatisfy { $0.count <= most })
      #expect(forecast.peakCount <= most + 1)
    }
  }
}
