/// When a run with a cadence has to save: told of what happens, it says whether a save is due. Seconds
/// are those of a clock that is never set back.
public struct SaveSchedule: Sendable, Hashable {
  /// The cadence it follows.
  public let cadence: SaveCadence
  /// What the last save cost, in seconds that training stood still; nil before the first.
  public private(set) var saveSeconds: Double?
  /// How long the last epoch took; nil before the first has ended.
  public private(set) var epochSeconds: Double?

  private let startSeconds: Double
  private var epochStartSeconds: Double?
  private var lastSaveSeconds: Double?
  private var epochsSinceSave: UInt64 = 0

  /// A run that begins, or goes on, at that time.
  public init(_ cadence: SaveCadence, startSeconds: Double) {
    self.cadence = cadence
    self.startSeconds = startSeconds
  }

  /// An epoch begins. Not to be called for one that is entered in its middle, whose time says nothing.
  public mutating func epochBegan(atSeconds now: Double) {
    epochStartSeconds = now
  }

  /// An epoch has ended: whether a save is due.
  public mutating func epochEnded(atSeconds now: Double) -> Bool {
    if let start = epochStartSeconds { epochSeconds = max(0, now - start) }
    epochStartSeconds = nil
    epochsSinceSave += 1
    switch cadence {
    case .everyEpoch(let minimum):
      return lastSaveSeconds.map { now - $0 >= Double(minimum) } ?? true
    case .epochs: return epochsSinceSave >= epochsPerSave
    case .cost: return isIntervalOver(at: now)
    }
  }

  /// A batch has ended: whether a save is due.
  public func batchEnded(atSeconds now: Double) -> Bool {
    if case .cost = cadence { isIntervalOver(at: now) } else { false }
  }

  /// A save has been made, and held training up for so long.
  public mutating func saved(atSeconds now: Double, costSeconds: Double) {
    lastSaveSeconds = now
    saveSeconds = costSeconds
    epochsSinceSave = 0
  }

  /// How many epochs lie from one save to the next, as far as the cadence counts epochs.
  public var epochsPerSave: UInt64 {
    guard case .epochs(let interval) = cadence, let epochSeconds, epochSeconds > 0 else { return 1 }
    let count = (Double(interval) / epochSeconds).rounded(.up)
    return count < 1e9 ? max(1, UInt64(count)) : 1_000_000_000
  }

  /// How long to wait from one save to the next, as far as the cadence goes by the clock.
  public var intervalSeconds: Double {
    switch cadence {
    case .everyEpoch(let minimum): Double(minimum)
    case .epochs(let interval): Double(interval)
    case .cost(let factor, let minimum, let maximum):
      min(max((saveSeconds ?? 0) * Double(factor), Double(minimum)), Double(maximum))
    }
  }

  private func isIntervalOver(at now: Double) -> Bool {
    now - (lastSaveSeconds ?? startSeconds) >= intervalSeconds
  }
}
