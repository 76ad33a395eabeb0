/// One field of a plot: its curves, its axes and their labels.
struct PlotField {
  let plot: LinePlot
  let terminal: Terminal
  let width: Int
  private let shown: [Int]
  let x: PlotScale
  private let y: PlotScale
  private let leftLabels: [String]
  private let rightLabels: [String]
  let leftWidth: Int
  private let rightWidth: Int
  private(set) var canvas: PlotCanvas

  /// A curve needs so many columns before labels have any.
  private static let fairColumns = 12

  /// Lays the field out and draws the curves of the given numbers.
  init(
    of plot: LinePlot, showing shown: [Int], _ xRange: ClosedRange<Double>,
    _ yRange: ClosedRange<Double>, width: Int, on terminal: Terminal
  ) {
    self.plot = plot
    self.shown = shown
    self.width = width
    self.terminal = terminal
    let height = shown.count < plot.series.count ? plot.height * 2 / 3 : plot.height
    let rowLimit = max(2, height - 3)
    y = PlotScale(covering: yRange, by: plot.y, intervals: min(5, rowLimit / 2))
    let marks = y.marks
    let left = marks.map(plot.y.label)
    let right = plot.right.map { right in marks.map { right.label($0) } } ?? []
    func margin(_ labels: [String]) -> Int { (labels.map(\.displayWidth).max() ?? -2) + 2 }
    let showsLeft = width >= margin(left) + PlotField.fairColumns
    let showsRight = width >= margin(left) + margin(right) + PlotField.fairColumns
    leftLabels = showsLeft ? left : []
    rightLabels = showsRight ? right : []
    leftWidth = margin(leftLabels)
    rightWidth = margin(rightLabels)
    let columns = max(1, width - leftWidth - rightWidth)
    x = PlotScale(spanning: xRange, by: plot.x, intervals: max(1, columns / 9))
    // Marks are whole lines apart.
    let intervals = y.marks.count - 1
    canvas = PlotCanvas(
      columns: columns, rows: max(intervals, rowLimit / intervals * intervals), plot.glyphs)
    for number in shown.reversed() { draw(plot.series[number], number) }
    for number in shown {
      guard let star = plot.series[number].star, star.y.isFinite else { continue }
      let dot = Int(x.place(of: star.x) * Double(canvas.width))
      canvas.star(x: min(dot, canvas.width - 1), y: self.dot(of: star.y), series: number)
    }
  }

  private mutating func draw(_ series: LinePlot.Series, _ number: Int) {
    let isFilled = plot.isFilled && shown.count == 1
    let spans = plot.spans(of: series, along: x, count: canvas.width)
    for (column, span) in spans.enumerated() {
      guard let span else { continue }
      let bottom = dot(of: span.lowerBound)
      canvas.draw(x: column, y: bottom...max(bottom, dot(of: span.upperBound)), series: number)
      if isFilled { canvas.shade(x: column, below: bottom, series: number) }
    }
  }

  /// The axis runs through the middle of the line below the canvas, a mark's through that of its line.
  private func dot(of value: Double) -> Int {
    let lines = y.place(of: value) * Double(canvas.rows) - 0.5
    let dots = Double(canvas.dotsPerRow)
    return max(0, min(Int((lines * dots - 0.5).rounded()), canvas.height - 1))
  }

  // MARK: Lines

  /// Title, canvas, axis, marks below it; labels of the horizontal axis below the last field only.
  func lines(isLast: Bool) -> [String] {
    var lines = [title].filter { !$0.isEmpty }
    let step = canvas.rows / (y.marks.count - 1)
    for row in 0..<canvas.rows {
      let fromAxis = canvas.rows - row
      lines.append(framed(text(ofRow: row), mark: fromAxis % step == 0 ? fromAxis / step : nil))
    }
    lines.append(framed(terminal.styled(axis, .faint), mark: 0))
    for number in shown where !plot.series[number].marks.isEmpty {
      lines.append(String(repeating: " ", count: leftWidth) + marks(ofSeries: number))
    }
    if isLast, !plot.signs.isEmpty {
      lines.append(String(repeating: " ", count: leftWidth) + signs)
    }
    if isLast { lines.append(xLabels) }
    return lines
  }

  /// What the axes show, and what is what.
  private var title: String {
    var room = width
    var line = ""
    func add(_ text: String, _ style: Style, gap: Int = 0) {
      let text = text.elidingEnd(to: max(0, room - gap))
      guard !text.isEmpty else { return }
      line += String(repeating: " ", count: gap) + terminal.styled(text, style)
      room -= gap + text.displayWidth
    }
    add(plot.y.title.printable, .faint)
    for number in shown where !plot.series[number].label.isEmpty {
      let style = style(ofSeries: number)
      let gap = room == width ? 0 : 3
      if shown.count > 1 {
        add(PlotCanvas.key(ofSeries: number, plot.glyphs), style, gap: gap)
        add(plot.series[number].label.printable, style, gap: 1)
      } else {
        add(plot.series[number].label.printable, .bold, gap: gap)
      }
    }
    if !rightLabels.isEmpty, let right = plot.right?.title.printable,
      right.displayWidth + 2 <= room
    {
      add(right, .faint, gap: room - right.displayWidth)
    }
    return line
  }

  func style(ofSeries number: Int) -> Style { LinePlot.style(ofSeries: number) }

  /// A line with what stands at its left and right.
  private func framed(_ text: String, mark: Int?) -> String {
    let isASCII = plot.glyphs == .ascii
    var line = ""
    if leftWidth > 0 {
      let label = mark.map { leftLabels[$0] } ?? ""
      let edge = mark == 0 ? "┼" : mark == nil ? "│" : "┤"
      line =
        terminal.styled(
          label.paddedLeft(to: leftWidth - 2) + " " + (isASCII ? mark == nil ? "|" : "+" : edge),
          .faint)
    }
    line += text
    if rightWidth > 0 {
      let label = mark.map { " " + rightLabels[$0] } ?? ""
      let edge = mark == 0 ? "┼" : mark == nil ? "│" : "├"
      line += terminal.styled((isASCII ? mark == nil ? "|" : "+" : edge) + label, .faint)
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  private func text(ofRow row: Int) -> String {
    let guide = guideText(inRow: row)
    var column = 0
    var line = ""
    for piece in canvas.pieces(ofRow: row, withShades: guide == nil) {
      let count = piece.text.count
      if let series = piece.series {
        line += terminal.styled(piece.text, style(ofSeries: series))
      } else if let guide {
        line += terminal.styled(String(guide[column..<column + count]), .red)
      } else {
        line += piece.text
      }
      column += count
    }
    return line
  }

  /// The guide that runs through a line, with its label where nothing covers it.
  private func guideText(inRow row: Int) -> [Character]? {
    let guide = plot.guides.first {
      (canvas.height - 1 - dot(of: $0.y)) / canvas.dotsPerRow == row
    }
    guard let guide else { return nil }
    let dash: Character = plot.glyphs == .ascii ? "-" : "╌"
    var text = [Character](repeating: dash, count: canvas.columns)
    let label = Array(" " + guide.label.printable + " ")
    let starts = 2..<max(2, canvas.columns - label.count - 1)
    let start = starts.first { start in
      (start..<start + label.count).allSatisfy { canvas.isFree(row: row, column: $0) }
    }
    if let start { text.replaceSubrange(start..<start + label.count, with: label) }
    return text
  }
}
