/// What a policy would keep in a run that hasn't happened yet: the run is played through, a save at a
/// time, and after each save the policy plans as it would on disk.
public struct RetentionForecast: Sendable, Hashable {
  /// The run that is played through. It begins on a Monday at midnight UTC, in an empty directory. Its
  /// n-th save comes after n intervals, at step 1000 n and epoch n.
  public struct Scenario: Sendable, Hashable {
    /// How long the run takes.
    public var durationSeconds: UInt64
    /// From one save to the next; not 0.
    public var intervalSeconds: UInt64
    /// What a checkpoint takes on disk.
    public var sizeBytes: UInt64
    /// How each metric that the policy tracks goes; nil if none is recorded.
    public var curve: MetricCurve?
    /// Free bytes of the disk when the run begins; nil if that is unknown.
    public var freeBytes: UInt64?

    /// A run with the given facts.
    public init(
      durationSeconds: UInt64, intervalSeconds: UInt64, sizeBytes: UInt64,
      curve: MetricCurve? = MetricCurve(.improving), freeBytes: UInt64? = nil
    ) {
      self.durationSeconds = durationSeconds
      self.intervalSeconds = intervalSeconds
      self.sizeBytes = sizeBytes
      self.curve = curve
      self.freeBytes = freeBytes
    }

    /// How many saves the run makes.
    public var saveCount: Int { Int(clamping: durationSeconds / intervalSeconds) }
  }

  /// What there is after a save, when what had to go has gone.
  public struct Sample: Sendable, Hashable {
    /// Since the beginning of the run.
    public var seconds: UInt64
    /// Checkpoints alive.
    public var count: Int
    /// Their bytes.
    public var bytes: UInt64
  }

  /// The policy.
  public let policy: RetentionPolicy
  /// The run.
  public let scenario: Scenario
  /// Ascending in time. One for each save, unless saves, checkpoints alive and rules multiply to more than
  /// four million: then one for each second, third or n-th save, and for the last.
  public private(set) var samples: [Sample] = []
  /// The most checkpoints at any time: one is complete before others go for it.
  public private(set) var peakCount = 0
  /// The most bytes at any time.
  public private(set) var peakBytes: UInt64 = 0
  /// Since the beginning: when a save comes for which the disk has no room left. Nil if there is always
  /// room, or if free space is unknown. The forecast goes on as if there were room.
  public private(set) var diskFullSeconds: UInt64?
  /// Ages of the checkpoints alive at the end of the run, in seconds, youngest first.
  public private(set) var finalAges: [UInt64] = []

  /// Plays a run through.
  ///
  /// A run that would take long to play through is planned for at each n-th save only: what rules choose
  /// doesn't depend on how often they are asked, what limits take hardly does.
  /// - Precondition: the interval is not 0.
  /// - Complexity: O(saves), and half a second or so for plans, however many.
  public init(of policy: RetentionPolicy, in scenario: Scenario) {
    self.init(of: policy, in: scenario, work: 4_000_000)
  }

  /// - Parameter work: how many ranks of checkpoints by rules may be looked up in all.
  init(of policy: RetentionPolicy, in scenario: Scenario, work: Double) {
    precondition(scenario.intervalSeconds > 0, "an interval of 0 has no end")
    self.policy = policy
    self.scenario = scenario
    play(work: work)
  }

  /// The state at a moment: none before the first save.
  public func sample(atSeconds seconds: UInt64) -> Sample {
    var low = 0
    var high = samples.count
    while low < high {
      let middle = (low + high) / 2
      if samples[middle].seconds <= seconds { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? samples[low - 1] : Sample(seconds: 0, count: 0, bytes: 0)
  }

  // MARK: Playing

  private mutating func play(work: Double) {
    let saveCount = scenario.saveCount
    // So much work may be done between two saves, on average.
    let share = work / Double(max(1, saveCount))
    let metrics = policy.trackedMetrics
    var alive: [InventoryEntry] = []
    var unplannedCount = 0
    for number in 0..<saveCount {
      let seconds = UInt64(number + 1) * scenario.intervalSeconds
      if isFull(with: alive.count), unplannedCount > 0 {
        prune(&alive, atSeconds: seconds - scenario.intervalSeconds)
        unplannedCount = 0
      }
      if diskFullSeconds == nil, isFull(with: alive.count) { diskFullSeconds = seconds }
      alive.append(entry(number + 1, atSeconds: seconds, metrics))
      unplannedCount += 1
      let cost = Double(alive.count * policy.rules.count)
      if cost <= share * Double(unplannedCount) || number == saveCount - 1 {
        prune(&alive, atSeconds: seconds)
        unplannedCount = 0
      }
    }
    peakCount = zip([0] + samples.map(\.count), samples).reduce(0) {
      max($0, $1.0 + 1, $1.1.count)
    }
    peakBytes = bytes(of: peakCount)
    finalAges = alive.reversed().map {
      let seconds = UInt64(clamping: ($0.timeNanoseconds - RetentionForecast.start) / 1_000_000_000)
      return scenario.durationSeconds - min(seconds, scenario.durationSeconds)
    }
  }

  /// 2025-01-06T00:00:00Z.
  private static let start: Int64 = 1_736_121_600_000_000_000

  private func entry(
    _ number: Int, atSeconds seconds: UInt64, _ metrics: [(name: String, mode: MetricMode)]
  ) -> InventoryEntry {
    var entry = InventoryEntry(
      name: "\(number)", sequence: UInt64(number), step: UInt64(number) &* 1000,
      epoch: UInt64(number), timeNanoseconds: RetentionForecast.nanoseconds(seconds),
      sizeBytes: scenario.sizeBytes)
    guard let curve = scenario.curve else { return entry }
    for (place, metric) in metrics.enumerated() where entry.metrics[metric.name] == nil {
      entry.metrics[metric.name] = curve.value(
        ofSave: number, of: scenario.saveCount, mode: metric.mode, metric: place)
    }
    return entry
  }

  /// Removes what the policy's plan removes.
  private mutating func prune(_ alive: inout [InventoryEntry], atSeconds seconds: UInt64) {
    let freeBytes = scenario.freeBytes.map { $0 - min($0, bytes(of: alive.count)) }
    let removed = policy.plan(
      Inventory(alive, freeBytes: freeBytes),
      nowNanoseconds: RetentionForecast.nanoseconds(seconds)
    ).removedIndices
    if removed.count > 16 {
      let gone = Set(removed)
      alive = alive.indices.filter { !gone.contains($0) }.map { alive[$0] }
    } else {
      for index in removed.reversed() { alive.remove(at: index) }
    }
    samples.append(
      Sample(seconds: seconds, count: alive.count, bytes: bytes(of: alive.count)))
  }

  private func isFull(with count: Int) -> Bool {
    scenario.freeBytes.map { $0 < bytes(of: count + 1) } ?? false
  }

  private func bytes(of count: Int) -> UInt64 {
    let (product, overflow) = scenario.sizeBytes.multipliedReportingOverflow(by: UInt64(count))
    return overflow ? .max : product
  }

  private static func nanoseconds(_ seconds: UInt64) -> Int64 {
    let (product, overflow) = Int64(clamping: seconds).multipliedReportingOverflow(
      by: 1_000_000_000)
    let (sum, sumOverflow) = start.addingReportingOverflow(product)
    return overflow || sumOverflow ? .max : sum
  }
}
