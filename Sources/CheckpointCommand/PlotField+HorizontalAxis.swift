/// What is drawn below the curves of a field.
extension PlotField {
  private func column(of value: Double) -> Int {
    min(Int(x.place(of: value) * Double(canvas.columns)), canvas.columns - 1)
  }

  /// The axis itself, with notches at its marks.
  var axis: String {
    let isASCII = plot.glyphs == .ascii
    var axis = [Character](repeating: isASCII ? "-" : "─", count: canvas.columns)
    for mark in x.marks where mark > x.lower && mark < x.upper {
      axis[column(of: mark)] = isASCII ? "+" : "┬"
    }
    return String(axis)
  }

  /// Strokes at the marks of a series.
  func marks(ofSeries number: Int) -> String {
    var row = PlotCanvas(columns: canvas.columns, rows: 1, plot.glyphs)
    for mark in plot.series[number].marks where mark >= x.lower && mark <= x.upper {
      let dot = Int(x.place(of: mark) * Double(row.width))
      row.draw(x: min(dot, row.width - 1), y: 0...row.height - 1, series: number)
    }
    var line = ""
    for piece in row.pieces(ofRow: 0) {
      line += piece.series.map { terminal.styled(piece.text, style(ofSeries: $0)) } ?? piece.text
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  /// Signs at their places.
  var signs: String {
    var signs = [Bool?](repeating: nil, count: canvas.columns)
    for sign in plot.signs where sign.x >= x.lower && sign.x <= x.upper {
      let column = column(of: sign.x)
      signs[column] = sign.isStar || signs[column] ?? false
    }
    var line = ""
    for isStar in signs.prefix((signs.lastIndex { $0 != nil } ?? -1) + 1) {
      guard let isStar else {
        line += " "
        continue
      }
      let sign = isStar ? PlotCanvas.star(plot.glyphs) : PlotCanvas.arrowhead(plot.glyphs)
      line += terminal.styled(String(sign), isStar ? .green : .faint)
    }
    return line
  }

  /// Labels under their marks, as far as they don't touch; the title behind them, or in the last space
  /// that it fits into.
  var xLabels: String {
    var line: [Character] = []
    func place(_ text: String, at column: Int) {
      line += Array(repeating: " ", count: max(0, column - line.count)) + Array(text)
    }
    for mark in x.marks {
      let label = plot.x.label(mark)
      let center = leftWidth + column(of: mark)
      let start = max(0, min(center - label.count / 2, width - label.count))
      let isFree = line.isEmpty || start >= line.count + 2
      if isFree, start + label.count <= width { place(label, at: start) }
    }
    let title = plot.x.title.printable
    let needed = title.displayWidth + 4
    if title.isEmpty {
      return terminal.styled(String(line), .faint)
    } else if line.count + needed - 2 <= width {
      place(title, at: line.isEmpty ? leftWidth : width - title.displayWidth)
    } else {
      let start = (0..<max(0, line.count - needed)).last { start in
        line[start..<start + needed].allSatisfy { $0 == " " }
      }
      if let start { line.replaceSubrange(start + 2..<start + needed - 2, with: Array(title)) }
    }
    return terminal.styled(String(line), .faint)
  }
}
