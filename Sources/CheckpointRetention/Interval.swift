/// A length along one of the axes of a training run. Its cells are absolute: they begin at step 0,
/// epoch 0 or 1970-01-01T00:00:00Z, not at the first checkpoint and not at the present, so that the
/// passing of time moves no checkpoint from one cell to another.
public struct Interval: Sendable, Hashable {
  /// What is counted.
  public enum Axis: Sendable, Hashable, CaseIterable {
    /// Optimizer steps.
    case steps
    /// Epochs.
    case epochs
    /// Seconds of the time recorded in the checkpoint.
    case seconds
  }

  /// What is counted.
  public var axis: Axis
  /// How much of it; at least 1.
  public var length: UInt64

  /// So many steps, epochs or seconds.
  public init(_ length: UInt64, _ axis: Axis) {
    self.length = length
    self.axis = axis
  }

  /// So many optimizer steps.
  public static func steps(_ count: UInt64) -> Interval { Interval(count, .steps) }
  /// So many epochs.
  public static func epochs(_ count: UInt64) -> Interval { Interval(count, .epochs) }
  /// So many seconds.
  public static func seconds(_ count: UInt64) -> Interval { Interval(count, .seconds) }
  /// So many hours; more than there are count as the longest length.
  public static func hours(_ count: UInt64) -> Interval {
    let (seconds, overflow) = count.multipliedReportingOverflow(by: 3600)
    return Interval(overflow ? .max : seconds, .seconds)
  }

  /// Where a checkpoint stands on the axis; nil if that is unknown.
  func position(of entry: InventoryEntry) -> Int64? {
    switch axis {
    case .steps: entry.step.map { Int64(clamping: $0) }
    case .epochs: entry.epoch.map { Int64(clamping: $0) }
    case .seconds: floorDivide(entry.timeNanoseconds, by: 1_000_000_000)
    }
  }

  /// The number of the cell that a position is in.
  func cell(of position: Int64) -> Int64 {
    floorDivide(position, by: max(1, Int64(clamping: length)))
  }
}

/// The quotient rounded down, also for negative numbers.
func floorDivide(_ a: Int64, by b: Int64) -> Int64 {
  let quotient = a / b
  return a % b < 0 ? quotient - 1 : quotient
}
