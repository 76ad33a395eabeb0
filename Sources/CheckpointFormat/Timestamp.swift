/// A moment: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted. Covers the years
/// 1677 to 2262.
public struct Timestamp: Sendable, Hashable, Comparable {
  /// Nanoseconds since the epoch.
  public var nanoseconds: Int64

  /// From nanoseconds since the epoch.
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// From seconds since the epoch, clamped to what can be represented.
  public init(seconds: Double) {
    let scaled = (seconds * 1e9).rounded()
    nanoseconds =
      scaled >= 9.2e18 ? .max : scaled <= -9.2e18 ? .min : scaled.isNaN ? 0 : Int64(scaled)
  }

  /// Seconds since the epoch; exact to about a microsecond.
  public var seconds: Double { Double(nanoseconds) / 1e9 }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }
}

extension Timestamp: CustomStringConvertible {
  /// ISO 8601 in UTC to the second, such as `2026-11-22T20:30:00Z`.
  public var description: String {
    let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let total = remainder < 0 ? quotient - 1 : quotient
    let secondOfDay = ((total % 86400) + 86400) % 86400
    let days = (total - secondOfDay) / 86400
    // Days to a civil date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func padded(_ value: Int64, _ width: Int = 2) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return padded(year, 4) + "-" + padded(month) + "-" + padded(day) + "T"
      + padded(secondOfDay / 3600) + ":" + padded(secondOfDay / 60 % 60) + ":"
      + padded(secondOfDay % 60) + "Z"
  }
}
