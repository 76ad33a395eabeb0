/// An axis of a plot: what it is called, which values get a mark, and how they are written.
struct PlotAxis {
  /// What is measured along it.
  var title: String
  /// The smallest distance between marks that is pleasant to read and at least so large.
  var step: (Double) -> Double
  /// How a mark's value is written.
  var label: (Double) -> String

  /// Numbers of any kind.
  static func numbers(_ title: String) -> PlotAxis {
    PlotAxis(title: title, step: { round($0) }, label: { HumanText.number($0, digits: 4) })
  }

  /// Whole numbers of things.
  static func counts(_ title: String) -> PlotAxis {
    PlotAxis(
      title: title, step: { max(1, round($0)) }, label: { HumanText.fixed($0, digits: 0) })
  }

  /// Bytes, in binary units.
  static func sizes(_ title: String) -> PlotAxis {
    PlotAxis(
      title: title,
      step: { least in
        var unit = 1.0
        while unit * 512 < least { unit *= 1024 }
        return max(1, round(least / unit) * unit)
      },
      label: size)
  }

  /// Seconds, in units from seconds to years.
  static func durations(_ title: String) -> PlotAxis {
    PlotAxis(
      title: title,
      step: { least in
        steps.first { $0 >= least } ?? round(least / year) * year
      },
      label: duration)
  }

  /// A size at an axis: 1.5 GiB, and no more digits than that.
  static func size(_ bytes: Double) -> String {
    bytes > 0 ? HumanText.size(bytes < 0x1p64 ? UInt64(bytes) : .max) : "0"
  }

  /// A length of time in the largest unit that leaves no remainder: 90 min, 36 h, 3 w.
  static func duration(_ seconds: Double) -> String {
    guard seconds != 0 else { return "0" }
    let unit = units.first { (seconds / $0.seconds).truncatingRemainder(dividingBy: 1) == 0 }
    return HumanText.number(seconds / (unit?.seconds ?? 1)) + " " + (unit?.name ?? "s")
  }

  private static let year = 365.0 * 86400
  private static let units: [(name: String, seconds: Double)] = [
    ("y", year), ("w", 604_800), ("d", 86400), ("h", 3600), ("min", 60), ("s", 1),
  ]
  private static let steps: [Double] =
    [1, 2, 5, 10, 15, 30] + [1, 2, 5, 10, 15, 30].map { $0 * 60 }
    + [1, 2, 3, 6, 12].map { $0 * 3600 } + [1, 2].map { $0 * 86400 }
    + [1, 2, 4, 8, 13, 26].map { $0 * 604_800 }

  /// The least of 1, 2, 5, 10, 20, 50, ... and of their tenths and so on that is not below a number.
  private static func round(_ least: Double) -> Double {
    guard least > 0, least.isFinite else { return 1 }
    let least = max(least, 1e-300)
    var unit = 1.0
    while unit > least { unit /= 10 }
    while unit * 10 <= least { unit *= 10 }
    return [1, 2, 5].map { $0 * unit }.first { $0 >= least } ?? 10 * unit
  }
}

/// What a stretch of an axis shows.
struct PlotScale {
  /// The value at its beginning.
  var lower: Double
  /// The value at its end; above `lower`.
  var upper: Double
  /// Values with a mark, ascending, not outside.
  var marks: [Double]

  /// Whole steps that cover a range, so that both ends have a mark.
  init(covering range: ClosedRange<Double>, by axis: PlotAxis, intervals limit: Int) {
    let limit = Double(max(1, limit))
    let range = PlotScale.widened(range)
    var step = axis.step((range.upperBound - range.lowerBound) / limit)
    var first = (range.lowerBound / step).rounded(.down)
    var last = (range.upperBound / step).rounded(.up)
    for _ in 0..<8 where last - first > limit {
      step = axis.step(step * 1.001)
      first = (range.lowerBound / step).rounded(.down)
      last = (range.upperBound / step).rounded(.up)
    }
    lower = first * step
    upper = max(first + 1, last) * step
    // Beside huge numbers a step may be less than the next number is away.
    guard last - first <= 1000, lower < upper else {
      (lower, upper) = (range.lowerBound, range.upperBound)
      marks = [lower, upper]
      return
    }
    marks = (0...Int(max(1, last - first))).map { (first + Double($0)) * step }
  }

  /// A range as it is, with marks in it.
  init(spanning range: ClosedRange<Double>, by axis: PlotAxis, intervals limit: Int) {
    let range = PlotScale.widened(range)
    (lower, upper) = (range.lowerBound, range.upperBound)
    let step = axis.step((upper - lower) / Double(max(1, limit)))
    let first = (lower / step).rounded(.up)
    let count = (upper / step).rounded(.down) - first
    marks = count >= 0 && count <= 1000 ? (0...Int(count)).map { (first + Double($0)) * step } : []
  }

  /// Where a value lies: 0 at the beginning, 1 at the end.
  func place(of value: Double) -> Double { (value - lower) / (upper - lower) }

  /// A range of more than one value, and of less than all.
  private static func widened(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let lower = max(-1e300, min(range.lowerBound, 1e300))
    let upper = max(-1e300, min(range.upperBound, 1e300))
    if upper - lower > 1e-12 * max(abs(lower), abs(upper)) { return lower...upper }
    if lower == 0 { return 0...1 }
    return min(lower - abs(lower) / 2, 0)...max(upper + abs(upper) / 2, 0)
  }
}
