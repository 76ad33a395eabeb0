/// Rows under headings, in columns that line up.
///
/// On a terminal no line is wider than it: long names lose their middle, columns that can be spared
/// go, and what then is still too long loses its end. Elsewhere nothing is left out.
struct Table {
  /// A column.
  struct Column {
    /// What stands above it.
    var heading: String
    /// Numbers stand to the right.
    var isNumeric = false
    /// Whether cells may lose their middle where space is short.
    var isElidable = false
    /// Whether the column may go where space is short.
    var isSpare = false

    init(
      _ heading: String, isNumeric: Bool = false, isElidable: Bool = false, isSpare: Bool = false
    ) {
      self.heading = heading
      self.isNumeric = isNumeric
      self.isElidable = isElidable
      self.isSpare = isSpare
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
  /// Names keep so much before columns go, and so much in any case.
  private static let fairElided = 28
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
    var shown = columns.indices.filter { number in rows.contains { !$0[number].text.isEmpty } }
    guard !shown.isEmpty else { return }
    var widths = widths
    if let limit = terminal.outputWidth { fit(&shown, into: limit, &widths) }
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
      let room = min(widths[number], terminal.outputWidth.map { $0 - column } ?? .max)
      let space = String(repeating: " ", count: max(0, room - text.displayWidth))
      let styled = terminal.styled(text, row[number].style)
      line += columns[number].isNumeric ? space + styled : isLast ? styled : styled + space
      column += max(widths[number], text.displayWidth)
      if let limit = terminal.outputWidth, column >= limit { break }
    }
    while line.last == " " { line.removeLast() }
    try terminal.print(line)
  }

  /// Spares columns, from the right, and shortens elidable ones, the widest first.
  private func fit(_ shown: inout [Int], into limit: Int, _ widths: inout [Int]) {
    func excess(_ shown: [Int], _ width: (Int) -> Int) -> Int {
      shown.reduce(Table.gap.count * (shown.count - 1)) { $0 + width($1) } - limit
    }
    func fairWidth(_ number: Int) -> Int {
      columns[number].isElidable ? min(widths[number], Table.fairElided) : widths[number]
    }
    while excess(shown, fairWidth) > 0, let spare = shown.last(where: { columns[$0].isSpare }) {
      shown.removeAll { $0 == spare }
    }
    var excess = excess(shown) { widths[$0] }
    while excess > 0 {
      let widest = shown.filter { columns[$0].isElidable }.max { widths[$0] < widths[$1] }
      guard let widest, widths[widest] > Table.shortestElided else { return }
      widths[widest] -= 1
      excess -= 1
    }
  }
}
