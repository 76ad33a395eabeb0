import CheckpointRetention
import Testing

@Suite("A schedule of saves")
struct SaveScheduleTests {
  /// A training run on a clock of its own.
  private struct Training {
    var schedule: SaveSchedule
    var now: Double
    let saveCost: Double
    /// When it saved, and after how many epochs.
    var saveTimes: [Double] = []
    var saveEpochs: [Int] = []
    var epoch = 0

    init(_ cadence: SaveCadence, start: Double = 1000, saveCost: Double = 0) {
      schedule = SaveSchedule(cadence, startSeconds: start)
      now = start
      self.saveCost = saveCost
    }

    mutating func save() {
      saveTimes.append(now)
      saveEpochs.append(epoch)
      now += saveCost
      schedule.saved(atSeconds: now, costSeconds: saveCost)
    }

    /// Epochs of so many batches; `isResumed` for one that is entered in its middle.
    mutating func run(
      epochs: Int, batches: Int = 1, batchSeconds: Double, isResumed: Bool = false
    ) {
      for number in 0..<epochs {
        if !isResumed || number > 0 { schedule.epochBegan(atSeconds: now) }
        for _ in 0..<batches {
          now += batchSeconds
          if schedule.batchEnded(atSeconds: now) { save() }
        }
        epoch += 1
        if schedule.epochEnded(atSeconds: now) { save() }
      }
    }

    /// From one save to the next, without what the earlier one cost.
    var gaps: [Double] { zip(saveTimes, saveTimes.dropFirst()).map { $1 - $0 - saveCost } }
  }

  private let short = SaveCadence.everyEpoch(minimumIntervalSeconds: 30)
  private let regular = SaveCadence.epochs(intervalSeconds: 900)
  private let long = SaveCadence.cost(factor: 100, minimumSeconds: 1800, maximumSeconds: 7200)

  @Test("is that of the preset")
  func presets() throws {
    #expect(try RetentionPreset.short.policy(monitor: nil).cadence == short)
    #expect(try RetentionPreset.regular.policy(monitor: nil).cadence == regular)
    #expect(try RetentionPreset.long.policy(monitor: nil).cadence == long)
  }

  @Test("short: saves after each epoch that takes 30 s or more")
  func shortSlow() {
    for seconds in [30.0, 31, 300, 5000] {
      var training = Training(short)
      training.run(epochs: 20, batches: 10, batchSeconds: seconds / 10)
      #expect(training.saveEpochs == Array(1...20), "\(seconds)")
    }
  }

  @Test("short: saves at least 30 s apart, at the first end of an epoch after that")
  func shortFast() {
    for seconds in [1.0, 4, 7, 16, 29] {
      var training = Training(short)
      training.run(epochs: 200, batchSeconds: seconds)
      let period = (30 / seconds).rounded(.up)
      #expect(training.saveEpochs.first == 1)
      #expect(training.gaps.allSatisfy { $0 == period * seconds }, "\(seconds)")
    }
  }

  @Test("regular: saves every 15th epoch of a minute, each of 15 minutes and longer")
  func regularEpochs() {
    for (seconds, period) in [
      (60.0, 15), (61, 15), (450, 2), (449, 3), (899, 2), (900, 1), (9000, 1),
    ] {
      var training = Training(regular)
      training.run(epochs: 90, batches: 4, batchSeconds: seconds / 4)
      let expected = (1...90).filter { $0.isMultiple(of: period) }
      #expect(training.saveEpochs == expected, "\(seconds)")
      #expect(training.schedule.epochsPerSave == UInt64(period))
    }
  }

  @Test("regular: goes by the epoch that was measured last")
  func regularChanging() {
    var training = Training(regular)
    training.run(epochs: 20, batchSeconds: 60)
    training.run(epochs: 5, batchSeconds: 300)
    // 15 by minutes; then, at 3 epochs' time each, the 21st is the sixth since.
    #expect(training.saveEpochs == [15, 21, 24])
    training.run(epochs: 40, batchSeconds: 60)
    #expect(training.saveEpochs == [15, 21, 24, 39, 54])
  }

  @Test(
    "long: saves at the end of the batch at which 100 save costs are over, within 30 min and 2 h")
  func longClamps() {
    for (cost, gap) in [(0.0, 1800.0), (1, 1800), (18, 1800), (30, 3000), (72, 7200), (600, 7200)] {
      var training = Training(long, saveCost: cost)
      training.run(epochs: 3, batches: 10_000, batchSeconds: 2)
      #expect(training.saveTimes[0] == 2800, "\(cost)")
      #expect(training.gaps.count > 4)
      #expect(training.gaps.allSatisfy { $0 == gap }, "\(cost) \(training.gaps)")
    }
  }

  @Test("long: doesn't wait for the end of an epoch, nor cut a batch short")
  func longBatches() {
    var training = Training(long, saveCost: 1)
    training.run(epochs: 1, batches: 40, batchSeconds: 700)
    #expect(training.gaps.allSatisfy { $0 == 2100 })
    #expect(training.saveEpochs.dropLast().allSatisfy { $0 == 0 })
    var noBatches = SaveSchedule(regular, startSeconds: 0)
    noBatches.epochBegan(atSeconds: 0)
    let isDue = noBatches.batchEnded(atSeconds: 1e9)
    #expect(!isDue)
  }

  @Test("goes on in a resumed run from its beginning, and doesn't measure a part of an epoch")
  func resumed() {
    var training = Training(regular, start: 5000)
    training.run(epochs: 1, batchSeconds: 1, isResumed: true)
    // How long an epoch takes isn't known yet: better a save too many.
    #expect(training.saveEpochs == [1])
    #expect(training.schedule.epochSeconds == nil)
    training.run(epochs: 31, batchSeconds: 60)
    #expect(training.saveEpochs == [1, 16, 31])
    #expect(training.schedule.epochSeconds == 60)

    training = Training(long, start: 1e6)
    training.run(epochs: 1, batches: 3700, batchSeconds: 1, isResumed: true)
    #expect(training.saveTimes == [1e6 + 1800, 1e6 + 3600])

    training = Training(short, start: 5000)
    training.run(epochs: 3, batchSeconds: 20, isResumed: true)
    #expect(training.saveTimes == [5020, 5060])
  }

  @Test("doesn't trap, whatever the clock shows")
  func extremes() {
    let figures = [0, -1, .infinity, -.infinity, .nan, 1e300, -1e300, .leastNonzeroMagnitude]
    for cadence in [short, regular, long, .epochs(intervalSeconds: .max)] {
      for first in figures {
        for second in figures {
          var schedule = SaveSchedule(cadence, startSeconds: first)
          schedule.epochBegan(atSeconds: first)
          _ = schedule.batchEnded(atSeconds: second)
          _ = schedule.epochEnded(atSeconds: second)
          schedule.saved(atSeconds: second, costSeconds: first)
          _ = schedule.batchEnded(atSeconds: first)
          #expect(schedule.epochsPerSave >= 1)
          _ = schedule.intervalSeconds
        }
      }
    }
  }
}
