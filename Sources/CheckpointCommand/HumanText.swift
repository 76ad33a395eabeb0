internal import Checkpoint

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Numbers as people read them.
enum HumanText {
  /// Bytes in binary units, such as `1.4 MiB`.
  static func size(_ bytes: UInt64) -> String {
    guard bytes >= 1024 else { return "\(bytes) B" }
    var value = Double(bytes) / 1024
    for unit in ["KiB", "MiB", "GiB", "TiB", "PiB"] {
      // 1023.96 would be shown as 1024.0.
      if value < 1023.5 { return fixed(value, digits: value < 99.95 ? 1 : 0) + " " + unit }
      value /= 1024
    }
    return fixed(value, digits: value < 99.95 ? 1 : 0) + " EiB"
  }

  /// How long ago, or ahead where clocks disagree: `3 min ago`, `in 2 h`.
  static func age(_ moment: Timestamp, now: Timestamp) -> String {
    let seconds = now.seconds - moment.seconds
    if abs(seconds) < 1 { return "now" }
    return seconds < 0 ? "in " + duration(-seconds) : duration(seconds) + " ago"
  }

  /// A length of time in its largest unit that counts to two or more, such as `90 s`, `3 min`.
  static func duration(_ seconds: Double) -> String {
    let units: [(name: String, seconds: Double)] = [
      ("y", 365.25 * 86400), ("mo", 30.4375 * 86400), ("d", 86400), ("h", 3600), ("min", 60),
    ]
    for unit in units where seconds >= 2 * unit.seconds {
      return "\(Int(seconds / unit.seconds)) \(unit.name)"
    }
    return "\(Int(seconds)) s"
  }

  /// A share of a whole in percent.
  static func percent(_ part: UInt64, of whole: UInt64) -> String {
    whole == 0 ? "" : fixed(100 * Double(part) / Double(whole), digits: 1) + " %"
  }

  /// With `1` or otherwise the plural: `1 file`, `2 files`.
  static func count<N: BinaryInteger>(_ number: N, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  /// Up to so many significant digits, as C's `%g`: `0.97`, `1e-05`, `nan`.
  static func number(_ value: Double, digits: Int = 6) -> String {
    formatted("%.\(digits)g", value)
  }

  /// So many digits after the point.
  static func fixed(_ value: Double, digits: Int) -> String {
    formatted("%.\(digits)f", value)
  }

  /// A moment, in full.
  static func moment(_ moment: Timestamp) -> String {
    let text = moment.description
    return text.prefix(while: { $0 != "T" }) + " "
      + text.drop { $0 != "T" }.dropFirst().dropLast() + " UTC"
  }

  private static func formatted(_ format: String, _ value: Double) -> String {
    // 400 bytes hold the longest that %f makes of a Double with few digits.
    var buffer = [CChar](repeating: 0, count: 400)
    let count = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
    return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
