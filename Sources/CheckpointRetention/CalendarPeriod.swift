/// Hours, days and weeks in UTC.
public enum CalendarPeriod: String, Sendable, Hashable, CaseIterable {
  /// From minute 0.
  case hourly
  /// From midnight UTC.
  case daily
  /// From Monday, as in ISO 8601.
  case weekly

  /// The number of the hour, day or week that a moment is in, counted from 1970.
  func cell(ofNanoseconds nanoseconds: Int64) -> Int64 {
    let seconds = floorDivide(nanoseconds, by: 1_000_000_000)
    switch self {
    case .hourly: return floorDivide(seconds, by: 3600)
    case .daily: return floorDivide(seconds, by: 86400)
    // 1970-01-01 was a Thursday.
    case .weekly: return floorDivide(seconds + 3 * 86400, by: 7 * 86400)
    }
  }
}
