/// A field of dots, drawn with characters that hold several of them.
struct PlotCanvas {
  /// What it is drawn with.
  enum Glyphs: Sendable {
    /// U+2800 to U+28FF: two dots wide, four high.
    case braille
    /// A dot a character, one for each series.
    case ascii
  }

  /// Characters side by side.
  let columns: Int
  /// Lines.
  let rows: Int
  private let glyphs: Glyphs
  /// Of each character, from the top left: its dots, those of shades, and of which series the last of
  /// them was.
  private var cells: [(dots: UInt8, shade: UInt8, series: Int)]
  /// Characters that hold a star instead of dots.
  private var stars: Set<Int> = []

  private static let markers: [Character] = ["*", "o", "+", "x", "#", "%"]
  /// Bits of the dots in a character, from the top: left, right.
  private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  /// An empty one.
  init(columns: Int, rows: Int, _ glyphs: Glyphs) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
    self.glyphs = glyphs
    cells = Array(repeating: (0, 0, 0), count: self.columns * self.rows)
  }

  /// Dots side by side.
  var width: Int { columns * (glyphs == .braille ? 2 : 1) }

  /// Dots one above the other.
  var height: Int { rows * dotsPerRow }

  /// Dots of a character, one above the other.
  var dotsPerRow: Int { glyphs == .braille ? 4 : 1 }

  /// A vertical line of dots, counted from the left and from the bottom; what is outside isn't drawn.
  mutating func draw(x: Int, y: ClosedRange<Int>, series: Int) {
    for dot in max(0, y.lowerBound)..<max(0, min(y.upperBound + 1, height)) {
      guard let (cell, bit) = place(x, dot) else { return }
      cells[cell].dots |= bit
      cells[cell].series = series
    }
  }

  /// A light shade below a height.
  mutating func shade(x: Int, below top: Int, series: Int) {
    guard glyphs == .braille else { return }
    for dot in 0..<max(0, min(top, height)) where (x + dot) % 2 == 0 && dot % 2 == 0 {
      guard let (cell, bit) = place(x, dot) else { return }
      cells[cell].shade |= bit
      cells[cell].series = series
    }
  }

  /// A star in the character that holds a dot.
  mutating func star(x: Int, y: Int, series: Int) {
    guard y < height, y >= 0, let (cell, bit) = place(x, y) else { return }
    stars.insert(cell)
    cells[cell].dots |= bit
    cells[cell].series = series
  }

  /// What a star is drawn with.
  static func star(_ glyphs: Glyphs) -> Character { glyphs == .braille ? "★" : "@" }

  /// What an arrowhead is drawn with.
  static func arrowhead(_ glyphs: Glyphs) -> Character { glyphs == .braille ? "▲" : "^" }

  /// Where a dot is.
  private func place(_ x: Int, _ dot: Int) -> (cell: Int, bit: UInt8)? {
    guard (0..<width).contains(x) else { return nil }
    let fromTop = height - 1 - dot
    return glyphs == .braille
      ? (fromTop / 4 * columns + x / 2, PlotCanvas.bits[fromTop % 4][x % 2])
      : (fromTop * columns + x, 1)
  }

  /// Whether no curve runs through a character.
  func isFree(row: Int, column: Int) -> Bool { cells[row * columns + column].dots == 0 }

  /// A line of text, in pieces of one series each; nil for what is blank. Shades are left out where no
  /// curve is, if something else is to be seen there.
  func pieces(ofRow row: Int, withShades: Bool = true) -> [(text: String, series: Int?)] {
    var pieces: [(text: String, series: Int?)] = []
    for index in row * columns..<(row + 1) * columns {
      var cell = cells[index]
      if withShades || cell.dots != 0 { cell.dots |= cell.shade }
      let series = cell.dots == 0 ? nil : cell.series
      let character = stars.contains(index) ? PlotCanvas.star(glyphs) : character(of: cell)
      if let last = pieces.indices.last, pieces[last].series == series {
        pieces[last].text.append(character)
      } else {
        pieces.append((String(character), series))
      }
    }
    return pieces
  }

  /// What a series is drawn with, to explain it.
  static func key(ofSeries series: Int, _ glyphs: Glyphs) -> String {
    glyphs == .braille ? "━━" : String(markers[series % markers.count])
  }

  private func character(of cell: (dots: UInt8, shade: UInt8, series: Int)) -> Character {
    guard cell.dots != 0 else { return " " }
    switch glyphs {
    case .braille: return Character(Unicode.Scalar(UInt32(0x2800) + UInt32(cell.dots)) ?? " ")
    case .ascii: return PlotCanvas.markers[cell.series % PlotCanvas.markers.count]
    }
  }
}
