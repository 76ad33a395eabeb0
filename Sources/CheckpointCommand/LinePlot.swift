/// Curves, drawn with characters: several in one field where colours or characters tell them apart,
/// else in fields one above the other that share their scales.
struct LinePlot {
  /// A curve.
  struct Series {
    /// What it shows.
    var label: String
    /// Ascending in x. A y that is NaN or infinite leaves a gap.
    var points: [(x: Double, y: Double)]
    /// Places below the axis that get a mark of their own.
    var marks: [Double] = []
    /// A point that gets a star.
    var star: (x: Double, y: Double)?
  }

  /// A place below the axis of the last field that gets a sign, whatever the curves.
  struct Sign {
    /// Where.
    var x: Double
    /// Whether it is a star; else it is an arrowhead. Stars cover arrowheads.
    var isStar = false
  }

  /// How points are joined.
  enum Join: Sendable {
    /// By straight lines.
    case slopes
    /// A value holds until the next point.
    case steps
  }

  /// A value that is not to be crossed.
  struct Guide {
    /// The value.
    var y: Double
    /// What it is.
    var label: String
  }

  /// The curves.
  var series: [Series]
  /// The horizontal axis.
  var x: PlotAxis
  /// The vertical axis.
  var y: PlotAxis
  /// What else the values mean: written at the right side, for the marks of the left one.
  var right: (title: String, label: (Double) -> String)?
  /// How points are joined.
  var join = Join.slopes
  /// Whether the space below a curve that is alone in its field is shaded.
  var isFilled = false
  /// What it is drawn with.
  var glyphs = PlotCanvas.Glyphs.braille
  /// Lines that a field takes at most, its axis and the labels included; of several fields each takes
  /// two thirds of that.
  var height = 14
  /// What the horizontal axis shows; nil for what the points need.
  var xRange: ClosedRange<Double>?
  /// Whether the vertical axis shows 0.
  var showsZero = false
  /// Values that the vertical axis shows in any case.
  var guides: [Guide] = []
  /// What stands below the axis.
  var signs: [Sign] = []

  /// The plot's lines: as wide as the terminal, 80 columns without one, and never wider.
  func lines(on terminal: Terminal) -> [String] {
    let width = max(1, terminal.outputWidth ?? 80)
    let points = series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
    guard let xRange = xRange ?? LinePlot.range(points.map(\.x)),
      let yRange = LinePlot.range(
        points.map(\.y) + guides.map(\.y) + (showsZero && !points.isEmpty ? [0] : [])),
      !points.isEmpty
    else { return ["nothing to plot".elidingEnd(to: width)] }
    let isApart = series.count > 1 && glyphs == .braille && !terminal.usesColor
    let fields = isApart ? series.indices.map { [$0] } : [Array(series.indices)]
    var lines: [String] = []
    for (number, shown) in fields.enumerated() {
      let field = PlotField(
        of: self, showing: shown, xRange, yRange, width: width, on: terminal)
      lines += field.lines(isLast: number == fields.count - 1)
    }
    return lines
  }

  /// Prints the lines.
  func print(on terminal: Terminal) throws(OutputError) {
    for line in lines(on: terminal) { try terminal.print(line) }
  }

  /// The colour of a series, where there are several.
  static func style(ofSeries number: Int) -> Style {
    let styles: [Style] = [.cyan, .yellow, .magenta, .green]
    return styles[number % styles.count]
  }

  private static func range(_ values: [Double]) -> ClosedRange<Double>? {
    guard let least = values.min(), let most = values.max() else { return nil }
    return least...most
  }

  // MARK: Curves

  /// Of each of so many equal stretches of the horizontal axis the least and the greatest value there;
  /// nil where there is none. A stretch begins with the value that the one before ends with.
  func spans(
    of series: Series, along scale: PlotScale, count: Int
  ) -> [ClosedRange<Double>?] {
    let points = series.points.filter { $0.x.isFinite }.sorted { $0.x < $1.x }
    var spans = [ClosedRange<Double>?](repeating: nil, count: count)
    func include(_ value: Double, _ column: Int) {
      guard value.isFinite else { return }
      let span = spans[column] ?? value...value
      spans[column] = min(span.lowerBound, value)...max(span.upperBound, value)
    }
    func column(of x: Double) -> Double { scale.place(of: x) * Double(count) }
    for (number, point) in points.enumerated() {
      let place = column(of: point.x)
      if place >= 0, place <= Double(count) { include(point.y, min(Int(place), count - 1)) }
      guard point.y.isFinite, number + 1 < points.count else { continue }
      let next = points[number + 1]
      guard next.x > point.x else { continue }
      // Edges between columns that lie between the two points; a slope to NaN has NaN there.
      let end = column(of: next.x)
      let firstEdge = max(0, place.rounded(.up))
      let lastEdge = min(Double(count), end.rounded(.down))
      guard firstEdge <= lastEdge else { continue }
      for edge in Int(firstEdge)...Int(lastEdge) {
        let share = (Double(edge) - place) / (end - place)
        let value = join == .steps ? point.y : point.y + (next.y - point.y) * share
        if edge > 0, Double(edge) > place || join == .slopes { include(value, edge - 1) }
        if edge < count, Double(edge) < end || join == .slopes { include(value, edge) }
      }
    }
    return spans
  }
}
