import CheckpointCommand
import Testing

@testable import CheckpointCommand

@Suite("Line plots")
struct LinePlotTests {
  static func terminal(width: Int? = nil, color: Bool = false) -> Terminal {
    Terminal(
      output: CapturedOutput(), messages: CapturedOutput(), outputWidth: width, usesColor: color)
  }

  static func plot(
    _ values: [Double]..., labels: [String] = ["one", "two", "three"],
    glyphs: PlotCanvas.Glyphs = .ascii, join: LinePlot.Join = .slopes, height: Int = 8
  ) -> LinePlot {
    LinePlot(
      series: zip(values, labels).map { values, label in
        .init(label: label, points: values.enumerated().map { (Double($0), $1) })
      }, x: .numbers("x"), y: .numbers("y"), join: join, glyphs: glyphs, height: height,
      showsZero: true)
  }

  static func text(_ plot: LinePlot, width: Int? = 24, color: Bool = false) -> String {
    plot.lines(on: terminal(width: width, color: color)).joined(separator: "\n")
  }

  /// Without colours.
  static func plain(_ line: String) -> String {
    var line = line[...]
    var text = ""
    while let escape = line.firstIndex(of: "\u{1B}"), let end = line[escape...].firstIndex(of: "m")
    {
      text += line[..<escape]
      line = line[line.index(after: end)...]
    }
    return text + line
  }

  @Test("a slope in ASCII")
  func slope() {
    #expect(
      Self.text(Self.plot([0, 1, 2, 3, 4], labels: [""])) == """
        y
        4 +                  ***
          |             ******
        2 +       *******
          |********
        0 +----------+----------
           0         2      x  4
        """)
  }

  @Test("a slope in braille")
  func brailleSlope() {
    #expect(
      Self.text(Self.plot([0, 1, 2, 3, 4], labels: [""], glyphs: .braille)) == """
        y
        4 ┤                  ⣀⣠⠴
          │             ⣀⡤⠴⠒⠋⠁
        2 ┤       ⢀⣀⡤⠖⠚⠉⠁
          │⣀⣀⣀⣠⠤⠖⠚⠉
        0 ┼──────────┬──────────
           0         2      x  4
        """)
  }

  @Test("steps hold a value until the next point")
  func steps() {
    #expect(
      Self.text(Self.plot([1, 1, 4, 4, 2], labels: [""], join: .steps)) == """
        y
        4 +          ***********
          |          *         *
        2 +          *         *
          |***********
        0 +----------+----------
           0         2      x  4
        """)
  }

  @Test("what is not finite leaves a gap, and no slope leads there")
  func gaps() {
    for join in [LinePlot.Join.slopes, .steps] {
      let lines = Self.plot([2, 2, .nan, .infinity, 2, 2], labels: [""], join: join)
        .lines(on: Self.terminal(width: 63))
      let line = lines.first { $0.contains("*") }?.dropFirst(3) ?? ""
      #expect(lines.count { $0.contains("*") } == 1)
      // 60 columns for 5 intervals.
      let end = join == .slopes ? 12 : 24
      #expect(line.prefix(end).allSatisfy { $0 == "*" })
      #expect(line.dropFirst(end + 1).prefix(46 - end).allSatisfy { $0 == " " })
      #expect(line.dropFirst(48).prefix(12).allSatisfy { $0 == "*" })
    }
  }

  @Test("constant values, zeros, one point, none")
  func poor() {
    let constant = Self.plot([5, 5, 5]).lines(on: Self.terminal(width: 40))
    #expect(constant.count { $0.contains("***") } == 1)
    let zeros = Self.plot([0, 0]).lines(on: Self.terminal(width: 40))
    #expect(zeros.count { $0.contains("***") } == 1)
    let point = Self.plot([3]).lines(on: Self.terminal(width: 40))
    #expect(point.joined().count { $0 == "*" } == 1)
    #expect(Self.plot([]).lines(on: Self.terminal()) == ["nothing to plot"])
    #expect(Self.plot([.nan, .infinity]).lines(on: Self.terminal()) == ["nothing to plot"])
    #expect(Self.plot().lines(on: Self.terminal(width: 7)) == ["nothin…"])
  }

  @Test("a spike between two columns is seen")
  func spike() {
    var values = [Double](repeating: 1, count: 10_000)
    values[5_003] = 9
    let lines = Self.plot(values, labels: [""], glyphs: .braille).lines(
      on: Self.terminal(width: 40))
    #expect(lines[1].contains { ("\u{2801}"..."\u{28FF}").contains($0) })
  }

  @Test("80 columns without a terminal, else as wide as the terminal")
  func width() {
    for width in [nil, 60, 100] {
      let lines = Self.plot([1, 2]).lines(on: Self.terminal(width: width))
      #expect(lines.map(\.displayWidth).max() == width ?? 80)
    }
  }

  @Test("never wider than the terminal, whatever the values", arguments: [false, true])
  func narrow(_ color: Bool) {
    let values: [[Double]] = [
      [], [1], [0, 0], [1, .nan, 3], [.infinity, 2], [-1e308, 1e308], [.leastNonzeroMagnitude, 0],
      [1e16, 1e16 + 2], [123_456_789, 987_654_321], [-3, -3], (0..<500).map { Double($0 % 7) },
      [.greatestFiniteMagnitude], [-5, 1e300, .nan, .nan, 7],
    ]
    for width in Array(1...30) + [57, 80] {
      for (number, first) in values.enumerated() {
        var plot = Self.plot(
          first, values[(number + 3) % values.count],
          labels: ["名前\u{7}", "a long name of a series"],
          glyphs: width % 2 == 0 ? .braille : .ascii, join: number % 2 == 0 ? .steps : .slopes)
        plot.right = ("right", { HumanText.number($0) })
        plot.guides = [.init(y: 5, label: "limit")]
        plot.series[0].marks = [0, 0.5, .nan, 1e300]
        plot.isFilled = true
        for line in plot.lines(on: Self.terminal(width: width, color: color)) {
          #expect(Self.plain(line).displayWidth <= width)
          #expect(!line.contains("\u{7}"))
        }
      }
    }
  }

  @Test("several series: colours in one field, else characters, else fields")
  func several() {
    let braille = Self.plot([1, 2], [2, 1], glyphs: .braille)
    let colored = Self.text(braille, width: 40, color: true)
    #expect(colored.contains("\u{1B}[36m━━") && colored.contains("\u{1B}[33m━━"))
    #expect(colored.split(separator: "\n").count { $0.contains("┼") } == 1)
    let apart = Self.text(braille, width: 40).split(separator: "\n")
    #expect(apart.count { $0.contains("┼") } == 2)
    #expect(apart.filter { $0.contains("one") || $0.contains("two") }.count == 2)
    let ascii = Self.text(Self.plot([1, 2], [2, 1]), width: 40)
    #expect(ascii.contains("* one   o two") && ascii.unicodeScalars.allSatisfy(\.isASCII))
  }

  @Test("fields one above the other have the same scale")
  func sharedScale() {
    let lines = Self.plot([1, 1], [10, 10], glyphs: .braille).lines(on: Self.terminal(width: 40))
    #expect(lines.count { $0.hasPrefix("10 ┤") } == 2)
  }

  @Test("a guide is on the scale, its label where no curve is")
  func guide() {
    var plot = Self.plot([1, 2, 3], labels: [""])
    plot.guides = [.init(y: 10, label: "limit")]
    let lines = plot.lines(on: Self.terminal(width: 40))
    #expect(lines[1].hasPrefix("10 +-- limit ------"))
  }

  @Test("marks below the axis")
  func marks() {
    var plot = Self.plot([0, 1, 2], labels: [""])
    plot.series[0].marks = [0, 1, 2, 99]
    let lines = plot.lines(on: Self.terminal(width: 33))
    #expect(lines.suffix(2).first == "   *              *             *")
  }

  @Test("the horizontal axis's title is behind the labels, or between the last two")
  func titleOfX() {
    var plot = Self.plot([0, 1, 2, 3, 4], labels: [""])
    plot.x.title = "epoch"
    #expect(Self.text(plot, width: 34).hasSuffix("\n   0              2       epoch  4"))
    plot.xRange = 0...5
    #expect(Self.text(plot, width: 40).hasSuffix("4  epoch"))
  }
}
