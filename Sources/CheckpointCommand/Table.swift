/// Rows under headings, in columns that line up.
///
/// On a terminal no line is wider than it: long names lose their middle, and what then is still too
/// long its end. Elsewhere nothing is left out.
struct Table {
  /// A column.
  struct Column {
    /// What stands above it.
    var heading: String
    /// Numbers stand to the right.
    var isNumeric = false
    /// Whether cells may lose their middle where space is short.
    var isElidable = false

    init(_ heading: String, isNumeric: Bool = false, isElidable: Bool = false) {
      self.heading = heading
      self.isNumeric = isNumeric
      self.isElidable = isElidable
    }
  }

  /// What stands in a row's column; control characters are shown as escapes.
  struct Cell: ExpressibleByStringLiteral {
    var text: String
    var style: Style

    init(_ text: String, _ style: Style = .plain) {
      self.text = text.printable
      self.style = style
    }

    init(stringLiteral value: String) { self.init(value) }
  }

  private static let gap = "  "
  private static let shortestElided = 12

  private var columns: [Column]
  private var rows: [[Cell]] = []
  private var widths: [Int]

  init(_ columns: [Column]) {
    self.columns = columns
    widths = columns.map { $0.heading.displayWidth }
  }

  var isEmpty: Bool { rows.isEmpty }

  /// Adds a row with a cell per column.
  mutating func append(_ row: [Cell]) {
    precondition(row.count == columns.count)
    for (number, cell) in row.enumerated() {
      widths[number] = max(widths[number], cell.text.displayWidth)
    }
    rows.append(row)
  }

  /// Prints heading and rows; columns in which all cells are empty are left out.
  func print(on terminal: Terminal) throws(OutputError) {
    let shown = columns.indices.filter { number in rows.contains { !$0[number].text.isEmpty } }
    guard !shown.isEmpty else { return }
    var widths = widths
    if let limit = terminal.outputWidth { fit(shown, into: limit, &widths) }
    try print(columns.map { Cell($0.heading, .faint) }, shown, widths, on: terminal)
    for row in rows { try print(row, shown, widths, on: terminal) }
  }

  private func print(
    _ row: [Cell], _ shown: [Int], _ widths: [Int], on terminal: Terminal
  ) throws(OutputError) {
    var line = ""
    var column = 0
    for number in shown {
      let isLast = number == shown.last
      if number != shown.first {
        line += Table.gap
        column += Table.gap.count
      }
      var text = row[number].text
      if columns[number].isElidable { text = text.elidingMiddle(to: widths[number]) }
      if let limit = terminal.outputWidth { text = text.elidingEnd(to: max(0, limit - column)) }
      let space = String(repeating: " ", count: max(0, widths[number] - text.displayWidth))
      let styled = terminal.styled(text, row[number].style)
      line += columns[number].isNumeric ? space + styled : isLast ? styled : styled + space
      column += max(widths[number], text.displayWidth)
      if let limit = terminal.outputWidth, column >= limit { break }
    }
    while line.last == " " { line.removeLast() }
    try terminal.print(line)
  }

  /// Takes from the elidable columns, the widest first, what the lines are too long by.
  private func fit(_ shown: [Int], into limit: Int, _ widths: inout [Int]) {
    let gaps = Table.gap.count * (shown.count - 1)
    var excess = shown.reduce(gaps) { $0 + widths[$1] } - limit
    while excess > 0 {
      let widest = shown.filter { columns[$0].isElidable }.max { widths[$0] < widths[$1] }
      guard let widest, widths[widest] > Table.shortestElided else { return }
      widths[widest] -= 1
      excess -= 1
    }
  }
}
