import Checkpoint
import Testing

@testable import CheckpointCommand

@Suite("Floats of 8 and 16 bits")
struct SmallFloatTests {
  static let values: [(DType, [Int], [Double])] = [
    (
      .f8e4m3, [0x00, 0x01, 0x08, 0x38, 0x7E, 0x7F, 0xFE, 0xFF],
      [0, 0x1p-9, 0x1p-6, 1, 448, .nan, -448, .nan]
    ),
    (
      .f8e5m2, [0x01, 0x3C, 0x7B, 0x7C, 0xFC, 0x7D],
      [0x1p-16, 1, 57344, .infinity, -.infinity, .nan]
    ),
    (.f8e8m0, [0x00, 0x7F, 0x80, 0xFE, 0xFF], [0x1p-127, 1, 2, 0x1p127, .nan]),
    (.f8e4m3fnuz, [0x80, 0x40, 0x7F, 0x01], [.nan, 1, 240, 0x1p-10]),
    (.f8e5m2fnuz, [0x80, 0x40, 0x7F, 0x01], [.nan, 1, 57344, 0x1p-17]),
  ]

  @Test("8-bit floats stand for what their definitions say", arguments: values)
  func definitions(_ dtype: DType, _ patterns: [Int], _ expected: [Double]) {
    for (pattern, expected) in zip(patterns, expected) {
      let value = SmallFloat.values(of: dtype)[pattern]
      #expect(value == expected || value.isNaN && expected.isNaN, "\(pattern)")
    }
  }

  @Test("16-bit floats are those of Swift")
  func halves() {
    for bits in UInt16.min...UInt16.max {
      let (value, expected) = (SmallFloat.half(bits), Double(Float16(bitPattern: bits)))
      guard value == expected || value.isNaN && expected.isNaN else {
        Issue.record("\(bits): \(value), not \(expected)")
        return
      }
    }
  }

  @Test(
    "as text, each is nearer to itself than to any other",
    arguments: [
      DType.f8e4m3, .f8e5m2, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz,
    ])
  func texts(_ dtype: DType) throws {
    let values = SmallFloat.values(of: dtype).filter(\.isFinite)
    for value in values {
      let read = try #require(Double(SmallFloat.text(value, dtype)))
      let nearest = values.min { abs($0 - read) < abs($1 - read) }
      #expect(nearest == value)
    }
  }

  @Test("as text, 16-bit floats read back to the same bits")
  func halfTexts() throws {
    for bits in stride(from: UInt16(1), to: 0x7C00, by: 61) {
      let value = Float16(bitPattern: bits)
      let text = SmallFloat.text(Double(value), .f16)
      guard Double(text).map({ Float16($0) }) == value else {
        Issue.record("\(bits): \(text)")
        return
      }
    }
    #expect(SmallFloat.text(Double(Float16(0.1)), .f16) == "0.1")
  }
}
