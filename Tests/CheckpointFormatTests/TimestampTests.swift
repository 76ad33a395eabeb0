import CheckpointFormat
import Testing

@Suite("Timestamps")
struct TimestampTests {
  @Test(
    "read as ISO 8601 in UTC",
    arguments: [
      (0, "1970-01-01T00:00:00Z"),
      (1_000_000_000, "2001-09-09T01:46:40Z"),
      (-1, "1969-12-31T23:59:59Z"),
      (951_782_399, "2000-02-28T23:59:59Z"),
      (951_782_400, "2000-02-29T00:00:00Z"),
      (951_868_800, "2000-03-01T00:00:00Z"),
      (1_709_164_800, "2024-02-29T00:00:00Z"),
      (-2_203_977_600, "1900-02-28T00:00:00Z"),
      (-2_203_891_200, "1900-03-01T00:00:00Z"),
      (4_107_542_400, "2100-03-01T00:00:00Z"),
      (1_795_380_600, "2026-11-22T20:50:00Z"),
    ])
  func dates(_ seconds: Int64, _ text: String) {
    #expect(Timestamp(nanoseconds: seconds * 1_000_000_000).description == text)
  }

  @Test("round down to the second, before 1970 too")
  func fractions() {
    #expect(Timestamp(nanoseconds: 999_999_999).description == "1970-01-01T00:00:00Z")
    #expect(Timestamp(nanoseconds: -1).description == "1969-12-31T23:59:59Z")
    #expect(Timestamp(nanoseconds: -1_000_000_000).description == "1969-12-31T23:59:59Z")
    #expect(Timestamp(nanoseconds: -1_000_000_001).description == "1969-12-31T23:59:58Z")
  }

  @Test("can be printed whatever a file holds")
  func extremes() {
    #expect(Timestamp(nanoseconds: .max).description == "2262-04-11T23:47:16Z")
    #expect(Timestamp(nanoseconds: .min).description == "1677-09-21T00:12:43Z")
  }

  @Test("agree with the days counted one by one, from 1900 to 2100")
  func everyDay() {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var day: Int64 = -25_567
    for year in 1900...2100 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      for (month, length) in lengths.enumerated() {
        let count = length + (isLeap && month == 1 ? 1 : 0)
        for dayOfMonth in [1, count] {
          let text = Timestamp(nanoseconds: (day + Int64(dayOfMonth) - 1) * 86_400_000_000_000)
            .description
          #expect(
            text.hasPrefix("\(year)-\(pad(month + 1))-\(pad(dayOfMonth))T00:00:00Z"), "\(text)")
        }
        day += Int64(count)
      }
    }
  }

  private func pad(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  @Test("from seconds are clamped, never trapped")
  func seconds() {
    #expect(Timestamp(seconds: 1.5).nanoseconds == 1_500_000_000)
    #expect(Timestamp(seconds: .infinity).nanoseconds == .max)
    #expect(Timestamp(seconds: -.infinity).nanoseconds == .min)
    #expect(Timestamp(seconds: 1e300).nanoseconds == .max)
    #expect(Timestamp(seconds: .nan).nanoseconds == 0)
    #expect(Timestamp(nanoseconds: 1) > Timestamp(nanoseconds: -1))
  }
}
