/// Numbers with a unit: exact both ways.
struct UnitText {
  /// Units and what they are worth, in the order in which text prefers them.
  let units: [(name: String, factor: UInt64)]
  /// Units that are understood and never written.
  var furtherUnits: [(name: String, factor: UInt64)] = []

  /// In the largest unit that leaves no remainder.
  func text(_ value: UInt64) -> String {
    for unit in units where value % unit.factor == 0 && value > 0 {
      return "\(value / unit.factor)\(unit.name)"
    }
    return "\(value)\(units.last?.name ?? "")"
  }

  /// A number, with a point if need be, and a unit; nil if it is none, or not a whole number of the
  /// smallest unit, or too large.
  func parse(_ text: some StringProtocol) -> UInt64? {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let name = text.dropFirst(number.count).drop { $0 == " " }
    guard
      let unit = (units + furtherUnits).first(where: { $0.name.lowercased() == name.lowercased() })
    else { return nil }
    let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first.flatMap({ UInt64($0) }) else { return nil }
    let (value, overflow) = whole.multipliedReportingOverflow(by: unit.factor)
    guard !overflow else { return nil }
    guard parts.count == 2 else { return value }
    // In whole numbers: 0.1 has no exact Double.
    var scale: UInt64 = 1
    for _ in parts[1] {
      let (next, overflow) = scale.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      scale = next
    }
    guard !parts[1].isEmpty, let decimals = UInt64(parts[1]) else { return nil }
    let (product, tooLarge) = decimals.multipliedReportingOverflow(by: unit.factor)
    guard !tooLarge, product % scale == 0 else { return nil }
    let (sum, sumOverflow) = value.addingReportingOverflow(product / scale)
    return sumOverflow ? nil : sum
  }
}

/// Lengths of time in seconds, such as `90s`, `30min`, `1h`, `2d`, `3w`.
package enum Seconds {
  private static let units = UnitText(
    units: [("w", 604_800), ("d", 86400), ("h", 3600), ("min", 60), ("s", 1)],
    furtherUnits: [("m", 60)])

  /// In the largest unit that leaves no remainder.
  package static func text(_ seconds: UInt64) -> String { units.text(seconds) }

  /// From text; `1.5h` and `20m` are understood too.
  package static func parse(_ text: some StringProtocol) -> UInt64? { units.parse(text) }
}

/// Sizes in bytes, such as `200GiB`, `1.5GB`, `4096B`.
package enum ByteCount {
  private static let units = UnitText(
    units: [
      ("PiB", 1 << 50), ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20),
      ("PB", 1_000_000_000_000_000), ("TB", 1_000_000_000_000), ("GB", 1_000_000_000),
      ("MB", 1_000_000), ("KiB", 1 << 10), ("kB", 1000), ("B", 1),
    ], furtherUnits: [("", 1)])

  /// In the largest unit that leaves no remainder.
  package static func text(_ bytes: UInt64) -> String { units.text(bytes) }

  /// From text; a number alone is bytes.
  package static func parse(_ text: some StringProtocol) -> UInt64? { units.parse(text) }
}
