internal import Checkpoint
internal import CheckpointRetention

/// What policies would keep in a run to come: a picture, then figures.
struct ForecastReport {
  /// A policy's forecast, and what the policy is called.
  typealias Titled = (title: String, forecast: RetentionForecast)

  private let forecasts: [Titled]
  private let glyphs: PlotCanvas.Glyphs
  private let terminal: Terminal

  /// Prints forecasts of one run by one or several policies.
  static func print(
    _ forecasts: [Titled], glyphs: PlotCanvas.Glyphs = .braille, on terminal: Terminal
  ) throws(OutputError) {
    let report = ForecastReport(forecasts: forecasts, glyphs: glyphs, terminal: terminal)
    try report.printPolicies()
    try terminal.print()
    try report.plot.print(on: terminal)
    try terminal.print()
    try report.printTable()
    try terminal.print()
    try report.printAges()
  }

  private var width: Int { terminal.outputWidth ?? 80 }
  private var tracksMetrics: Bool {
    forecasts.contains { !$0.forecast.policy.trackedMetrics.isEmpty }
  }
  private var hasOneRun: Bool { Set(forecasts.map(\.forecast.scenario)).count == 1 }
  private var hasOneSize: Bool { Set(forecasts.map(\.forecast.scenario.sizeBytes)).count == 1 }

  /// The policies' texts, and what run it is.
  private func printPolicies() throws(OutputError) {
    if hasOneRun, let run = forecasts.first?.forecast.scenario {
      try print(facts(of: run), indent: 0)
    }
    for (title, forecast) in forecasts {
      let text = forecast.policy.text
      if title != text { try terminal.print(terminal.styled(printed(title), .bold)) }
      try print(text, indent: title == text ? 0 : 2)
      if !hasOneRun { try print(facts(of: forecast.scenario), indent: 2) }
    }
  }

  private func facts(of run: RetentionForecast.Scenario) -> String {
    var text =
      "\(HumanText.count(run.saveCount, "save")) in "
      + "\(ForecastReport.duration(run.durationSeconds)), one every "
      + "\(ForecastReport.duration(run.intervalSeconds)), \(HumanText.size(run.sizeBytes)) each"
    if let curve = run.curve, tracksMetrics {
      text += ", metrics \(curve.shape.rawValue)"
      if curve.nanShare > 0 { text += " (\(HumanText.number(curve.nanShare * 100)) % NaN)" }
    }
    return text
  }

  /// On several lines if need be, broken after commas.
  private func print(_ text: String, indent: Int) throws(OutputError) {
    let indent = min(indent, width / 8)
    let room = max(1, width - indent)
    var line = ""
    var lines: [String] = []
    for part in text.printable.split(separator: ",").map(String.init) {
      if line.isEmpty {
        line = part
      } else if line.displayWidth + part.displayWidth + 2 <= room {
        line += "," + part
      } else {
        lines.append(line + ",")
        line = String(part.drop { $0 == " " })
      }
    }
    for line in lines + [line] {
      try terminal.print(String(repeating: " ", count: indent) + line.elidingEnd(to: room))
    }
  }

  private func printed(_ title: String) -> String { title.printable.elidingEnd(to: width) }

  private static func duration(_ seconds: UInt64) -> String { PlotAxis.duration(Double(seconds)) }

  // MARK: The picture

  /// Checkpoints alive over time; with one size for all, bytes are the same curve with another scale.
  private var plot: LinePlot {
    let end = forecasts.map { Double($0.forecast.scenario.durationSeconds) }.max() ?? 0
    var plot = LinePlot(
      series: forecasts.map { title, forecast in
        let duration = Double(forecast.scenario.durationSeconds)
        let last = Double(forecast.samples.last?.count ?? 0)
        return LinePlot.Series(
          label: forecasts.count > 1 ? title : "",
          points: [(0, 0)] + forecast.samples.map { (Double($0.seconds), Double($0.count)) }
            + [(duration, last)],
          marks: forecast.finalAges.map { duration - Double($0) })
      }, x: .durations(""), y: .counts("checkpoints"), join: .steps, isFilled: true,
      glyphs: glyphs, xRange: 0...max(1, end), showsZero: true)
    guard hasOneSize, let run = forecasts.first?.forecast.scenario else { return plot }
    plot.right = ("at rest", { PlotAxis.size($0 * Double(run.sizeBytes)) })
    if let freeBytes = run.freeBytes, run.sizeBytes > 0 {
      let capacity = Double(freeBytes) / Double(run.sizeBytes)
      let most = forecasts.map { Double($0.forecast.peakCount) }.max() ?? 0
      if capacity < 1.5 * most {
        plot.guides = [.init(y: capacity, label: "disk full: \(HumanText.size(freeBytes))")]
      }
    }
    return plot
  }

  // MARK: Figures

  private func printTable() throws(OutputError) {
    var table = Table(
      [Table.Column("")]
        + forecasts.flatMap { title, _ in
          [
            Table.Column(
              forecasts.count > 1 ? printed(title).elidingEnd(to: 24) : "checkpoints",
              isNumeric: true),
            Table.Column("bytes", isNumeric: true, isSpare: true),
          ]
        })
    for seconds in moments {
      table.append(
        [Table.Cell("after " + ForecastReport.duration(seconds))]
          + forecasts.flatMap { _, forecast in
            let sample = forecast.sample(atSeconds: seconds)
            return ForecastReport.cells(sample.count, sample.bytes)
          })
    }
    table.append(
      [Table.Cell("at most")]
        + forecasts.flatMap { ForecastReport.cells($0.forecast.peakCount, $0.forecast.peakBytes) })
    if forecasts.contains(where: { $0.forecast.scenario.freeBytes != nil }) {
      table.append(
        [Table.Cell("disk full")]
          + forecasts.flatMap { [Table.Cell(""), ForecastReport.diskCell($0.forecast)] })
    }
    try table.print(on: terminal)
  }

  private static func cells(_ count: Int, _ bytes: UInt64) -> [Table.Cell] {
    [Table.Cell("\(count)"), Table.Cell(HumanText.size(bytes))]
  }

  private static func diskCell(_ forecast: RetentionForecast) -> Table.Cell {
    guard forecast.scenario.freeBytes != nil else { return "" }
    guard let seconds = forecast.diskFullSeconds else { return Table.Cell("never", .green) }
    return Table.Cell("after " + HumanText.duration(Double(seconds)), .red)
  }

  /// An hour, a day and so on, as far as they lie within the run, and its end.
  private var moments: [UInt64] {
    let runs = forecasts.map(\.forecast.scenario)
    let first = runs.map(\.intervalSeconds).min() ?? 0
    let end = runs.map(\.durationSeconds).max() ?? 0
    let hour: UInt64 = 3600
    return [60, 600, hour, 6 * hour, 24 * hour, 72 * hour, 168 * hour, 672 * hour, 8760 * hour]
      .filter { $0 >= first && $0 < end }.suffix(6) + [end]
  }

  /// How old those are that are left.
  private func printAges() throws(OutputError) {
    let heading = "alive at the end (strokes below the plot), by age:"
    try terminal.print(terminal.styled(heading.elidingEnd(to: width), .faint))
    for (title, forecast) in forecasts {
      let name = title.printable.elidingEnd(to: min(24, width / 4))
      let label = forecasts.count > 1 ? name + ": " : ""
      var ages: [String] = []
      for age in forecast.finalAges {
        let text = age == 0 ? "now" : HumanText.duration(Double(age))
        if ages.last != text { ages.append(text) }
      }
      let line = fitting(ages, into: width - label.displayWidth)
      try terminal.print((label + (ages.isEmpty ? "none" : line)).elidingEnd(to: width))
    }
  }

  /// In one line, those in the middle left out if need be.
  private func fitting(_ ages: [String], into width: Int) -> String {
    let (separator, ellipsis) = glyphs == .ascii ? (", ", "...") : (" · ", "…")
    let whole = ages.joined(separator: separator)
    guard whole.displayWidth > width, let last = ages.last else { return whole }
    var line = ""
    for age in ages {
      let next = line + age + separator
      if (next + ellipsis + separator + last).displayWidth > width { break }
      line = next
    }
    return (line + ellipsis + separator + last).elidingEnd(to: width)
  }
}
