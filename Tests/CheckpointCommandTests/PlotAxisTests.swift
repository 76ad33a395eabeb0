import Testing

@testable import CheckpointCommand

@Suite("Axes of line plots")
struct PlotAxisTests {
  @Test("marks of durations are of units that people count in")
  func durations() {
    func labels(_ end: Double, _ limit: Int) -> [String] {
      let axis = PlotAxis.durations("")
      return PlotScale(spanning: 0...end, by: axis, intervals: limit).marks.map(axis.label)
    }
    #expect(labels(90, 5) == ["0", "30 s", "1 min", "90 s"])
    #expect(labels(3600, 4) == ["0", "15 min", "30 min", "45 min", "1 h"])
    #expect(labels(86400, 8).last == "1 d" && labels(86400, 8)[1] == "3 h")
    #expect(labels(21 * 86400, 8) == ["0", "1 w", "2 w", "3 w"])
    #expect(labels(10 * 365 * 86400, 5) == ["0", "2 y", "4 y", "6 y", "8 y", "10 y"])
  }

  @Test("vertical scales begin and end with a mark")
  func verticalScales() {
    func marks(_ range: ClosedRange<Double>, _ axis: PlotAxis) -> [String] {
      PlotScale(covering: range, by: axis, intervals: 5).marks.map(axis.label)
    }
    #expect(marks(0...3, .counts("")) == ["0", "1", "2", "3"])
    #expect(marks(0...24, .counts("")) == ["0", "5", "10", "15", "20", "25"])
    #expect(marks(0.21...0.78, .numbers("")) == ["0.2", "0.4", "0.6", "0.8"])
    #expect(marks(-1.6...1, .numbers("")) == ["-2", "-1", "0", "1"])
    #expect(
      marks(0...9e9, .sizes("")) == ["0", "2.0 GiB", "4.0 GiB", "6.0 GiB", "8.0 GiB", "10.0 GiB"])
  }
}
