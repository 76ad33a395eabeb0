/// A reason to keep checkpoints. What any rule of a policy keeps is kept.
///
/// Rules look at healthy checkpoints of one run: those that can't be read and those with NaN or
/// infinite weights fill no quota. Pinned checkpoints, and those with a tracked metric that is still
/// pending, need no rule.
public enum KeepRule: Sendable, Hashable {
  /// The newest ones, by sequence number.
  case last(Int)
  /// The best ones by a metric. Only finite values rank; ties go to the earlier one.
  case best(Int, metric: String, mode: MetricMode)
  /// The earliest ones.
  case first(Int)
  /// The earliest one of each cell: of each 1,000 steps, of each 5 epochs, of each hour.
  case every(Interval)
  /// The newest one of each of the last hours, days or weeks that have any.
  case recent(Int, CalendarPeriod)
  /// Many lately, fewer further back: of cells of the unit's length, of twice that, of four times that
  /// and so on, the earliest one in each of the last `count` of each length that have any. Since
  /// cells are absolute and the earliest stands for its cell, it makes no difference how often one
  /// prunes. Each doubling of the run's length adds at most half of `count`, rounded up, and one.
  case thinning(Interval, count: Int)
  /// Those with a tag: the newest `count` of them, or all.
  case tagged(String, count: Int?)
  /// All of them, as far as limits allow.
  case all

  /// How many the rule keeps, of what it counts; nil if it has no such number.
  var quota: Int? {
    switch self {
    case .last(let count), .best(let count, _, _), .first(let count), .recent(let count, _),
      .thinning(_, let count):
      count
    case .tagged(_, let count): count
    case .every, .all: nil
    }
  }

  /// The same rule with another quota, if it has one.
  func with(quota count: Int) -> KeepRule {
    switch self {
    case .last: .last(count)
    case .best(_, let metric, let mode): .best(count, metric: metric, mode: mode)
    case .first: .first(count)
    case .recent(_, let period): .recent(count, period)
    case .thinning(let interval, _): .thinning(interval, count: count)
    case .tagged(let tag, .some): .tagged(tag, count: count)
    case .tagged(_, nil), .every, .all: self
    }
  }

  /// Whether the two are the same but for their figures, so that one can take the other's place.
  public func isSameKind(as other: KeepRule) -> Bool {
    switch (self, other) {
    case (.last, .last), (.first, .first), (.all, .all): true
    case (.best(_, let a, _), .best(_, let b, _)): a == b
    case (.every(let a), .every(let b)): a.axis == b.axis
    case (.recent(_, let a), .recent(_, let b)): a == b
    case (.thinning(let a, _), .thinning(let b, _)): a.axis == b.axis
    case (.tagged(let a, _), .tagged(let b, _)): a == b
    default: false
    }
  }

  func check() throws(PolicyError) {
    if let quota, quota < 1 || quota > KeepRule.quotaLimit {
      throw PolicyError("a number from 1 to \(KeepRule.quotaLimit) is needed", item: text)
    }
    switch self {
    case .best(_, let metric, let mode):
      guard !metric.isEmpty else { throw PolicyError("a metric's name is needed", item: text) }
      guard mode != .auto else {
        throw PolicyError(MetricMode.unclear(metric), item: text, advice: "say min or max")
      }
    case .every(let interval), .thinning(let interval, _):
      guard (1...KeepRule.lengthLimit).contains(interval.length) else {
        throw PolicyError("the length can't be \(interval.length)", item: text)
      }
    case .tagged(let tag, _):
      guard !tag.isEmpty else { throw PolicyError("a tag is needed", item: text) }
    default: break
    }
  }

  static let quotaLimit = 1_000_000_000
  static let lengthLimit: UInt64 = 1 << 60
}
