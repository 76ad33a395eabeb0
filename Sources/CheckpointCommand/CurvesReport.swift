internal import Checkpoint
internal import CheckpointTrainer
internal import SystemPackage

/// The curves of a training run as pictures, one for all metrics that belong together, or as JSON.
struct CurvesReport {
  private let curves: TrainingCurves
  private let path: FilePath
  private let names: [String]

  /// - Parameters:
  ///   - path: what was asked for.
  ///   - metrics: those to be shown, each with its validation values; all if there are none.
  /// - Throws: `CheckpointError` with code `invalidArgument` for a metric that wasn't reported.
  init(
    _ curves: TrainingCurves, of path: FilePath, metrics: [String]
  ) throws(CheckpointError) {
    self.curves = curves
    self.path = path
    var all: [String] = []
    for name in curves.history.logs.flatMap(\.names) where !all.contains(name) { all.append(name) }
    // What is made small comes first.
    all =
      all.filter { CurvesReport.stem($0) == "loss" }
      + all.filter { CurvesReport.stem($0) != "loss" }
    guard !metrics.isEmpty, !all.isEmpty else {
      names = all
      return
    }
    var chosen: [String] = []
    for metric in metrics {
      let wanted = [metric, Logs.alias(of: metric)].compactMap { $0 }.first(where: all.contains)
      guard let wanted else {
        throw CheckpointError(
          .invalidArgument, "no such metric was reported", path: curves.source, item: metric,
          advice: "there are: \(all.joined(separator: ", "))")
      }
      for name in [wanted, "val_" + wanted] where all.contains(name) && !chosen.contains(name) {
        chosen.append(name)
      }
    }
    names = chosen
  }

  /// The name without `val_`.
  private static func stem(_ name: String) -> String {
    name.hasPrefix("val_") ? String(name.dropFirst(4)) : name
  }

  /// Epochs as people count them: what was reported at the end of the first one stands at 1.
  private var epochs: [Int] { curves.history.epochs.map { $0 + 1 } }

  private func values(_ name: String) -> [Double?] {
    curves.history.logs.map { logs in logs.entries.first { $0.name == name }?.value }
  }

  // MARK: Pictures

  func print(glyphs: PlotCanvas.Glyphs, on terminal: Terminal) throws(OutputError) {
    let width = terminal.outputWidth ?? 80
    let facts =
      "\(HumanText.count(epochs.count, "epoch")), "
      + HumanText.count(curves.marks.count, "checkpoint")
    let room = max(0, width - facts.displayWidth - 2)
    let title = curves.source.string.printable.elidingMiddle(to: room)
    try terminal.print(
      title.isEmpty
        ? facts.elidingEnd(to: width)
        : terminal.styled(title, .bold) + "  " + terminal.styled(facts, .faint))
    guard !epochs.isEmpty else { return try terminal.note("no epoch has ended yet") }
    var stems: [String] = []
    for stem in names.map(CurvesReport.stem) where !stems.contains(stem) { stems.append(stem) }
    for stem in stems {
      try terminal.print()
      try plot(names.filter { CurvesReport.stem($0) == stem }, glyphs).print(on: terminal)
    }
    try printKey(glyphs, width: width, on: terminal)
  }

  private func plot(_ names: [String], _ glyphs: PlotCanvas.Glyphs) -> LinePlot {
    let series = names.map { name in
      let points = zip(epochs, values(name)).compactMap { epoch, value in
        value.map { (x: Double(epoch), y: $0) }
      }
      let last = points.last.map { " " + HumanText.number($0.y, digits: 4) } ?? ""
      var series = LinePlot.Series(label: name + last, points: points)
      if let best = curves.best, best.metric == name, let x = best.mark.x {
        series.star = (x, best.value)
      }
      return series
    }
    let places = curves.marks.compactMap(\.x) + epochs.map { Double($0) }
    var plot = LinePlot(
      series: series, x: .counts("epoch"), y: .numbers(""), glyphs: glyphs, height: 13)
    if let first = places.min(), let last = places.max() { plot.xRange = first...last }
    plot.signs = curves.marks.compactMap { mark in
      mark.x.map { LinePlot.Sign(x: $0, isStar: mark.isBest) }
    }
    return plot
  }

  /// What the signs mean.
  private func printKey(
    _ glyphs: PlotCanvas.Glyphs, width: Int, on terminal: Terminal
  ) throws(OutputError) {
    guard curves.marks.contains(where: { $0.x != nil }) else { return }
    try terminal.print()
    let key = "\(PlotCanvas.arrowhead(glyphs)) checkpoint"
    try terminal.print(terminal.styled(key.elidingEnd(to: width), .faint))
    guard let best = curves.best else { return }
    let text =
      "\(PlotCanvas.star(glyphs)) best by \(best.metric): \(HumanText.number(best.value)), "
      + best.mark.fileName
    try terminal.print(terminal.styled(text.printable.elidingEnd(to: width), .green))
  }

  // MARK: JSON

  var json: JSONValue {
    [
      "path": .string(path.string), "source": .string(curves.source.string),
      "epochs": .array(epochs.map { .int(Int64($0)) }),
      "series": .array(
        names.map { name in
          [
            "metric": .string(name),
            "values": .array(values(name).map { $0.map { .number($0) } ?? .null }),
          ]
        }),
      "best": curves.best.map { best in
        [
          "metric": .string(best.metric), "mode": .string(best.mode.rawValue),
          "value": .number(best.value), "fileName": .string(best.mark.fileName),
        ]
      } ?? .null,
      "checkpoints": .array(
        curves.marks.map { mark in
          [
            "fileName": .string(mark.fileName), "path": .string(mark.path.string),
            "step": .optional(mark.step), "epoch": .optional(mark.epoch),
            "epochsTrained": mark.x.map { .double($0) } ?? .null, "best": .bool(mark.isBest),
          ]
        }),
    ]
  }
}
