import Testing

@testable import CheckpointTrainer

@Suite("File name templates")
struct FileNameTemplateTests {
  typealias Value = FileNameTemplate.Value

  /// Expectations from Python 3's str.format.
  static let cases: [(String, Value, String)] = [
    ("{x:02d}", .integer(7), "07"), ("{x:02d}", .integer(123), "123"), ("{x}", .integer(7), "7"),
    ("{x:d}", .integer(-7), "-7"), ("{x:03d}", .integer(-7), "-07"), ("{x:+d}", .integer(7), "+7"),
    ("{x: d}", .integer(7), " 7"), ("{x:<4d}|", .integer(7), "7   |"),
    ("{x:^5d}|", .integer(7), "  7  |"), ("{x:*^6}", .integer(7), "**7***"),
    ("{x:_>4d}", .integer(7), "___7"), ("{x:0=5d}", .integer(-7), "-0007"),
    ("{x:<05d}", .integer(7), "70000"), ("{x:*<05d}", .integer(7), "7****"),
    ("{x:.2f}", .integer(7), "7.00"),
    ("{x:.1e}", .integer(12345), "1.2e+04"), ("{x:.0%}", .integer(1), "100%"),
    ("{x:.2f}", .number(0.125), "0.12"), ("{x:.2f}", .number(0.375), "0.38"),
    ("{x:.4f}", .number(0.99), "0.9900"), ("{x:f}", .number(0.5), "0.500000"),
    ("{x:8.3f}", .number(2.5), "   2.500"), ("{x:08.3f}", .number(-2.5), "-002.500"),
    ("{x:.3e}", .number(0.00012345), "1.234e-04"), ("{x:.3E}", .number(12345), "1.234E+04"),
    ("{x:g}", .number(0.0001), "0.0001"), ("{x:g}", .number(1e-5), "1e-05"),
    ("{x:.3g}", .number(1234.5), "1.23e+03"), ("{x:.1%}", .number(0.9123), "91.2%"),
    ("{x:.0f}", .number(2.5), "2"), ("{x}", .number(0.1), "0.1"), ("{x}", .number(3), "3.0"),
    ("{x:.2}", .number(0.123), "0.12"), ("{x:.2}", .number(3), "3.0"),
    ("{x:.0}", .number(1.73), "2e+00"), ("{x:.2}", .number(10), "1e+01"),
    ("{x:.3}", .number(10), "10.0"), ("{x:.3}", .number(123), "1.23e+02"),
    ("{x:.1}", .number(0), "0e+00"), ("{x:.2}", .number(0.0001), "0.0001"),
    ("{x:.2f}", .number(.nan), "nan"), ("{x:.2f}", .number(-.infinity), "-inf"),
    ("{x:+.1f}", .number(.infinity), "+inf"), ("{{{x}}}", .integer(1), "{1}"),
    ("{{x}}", .integer(1), "{x}"), ("plain", .integer(1), "plain"),
  ]

  @Test("are filled in as Python does", arguments: cases)
  func filling(template: String, value: Value, expected: String) throws {
    #expect(try FileNameTemplate(template).filled(with: { _ in value }, available: []) == expected)
  }

  @Test(
    "that are malformed are refused",
    arguments: [
      "{", "}", "{x", "x}", "{}", "{0}", "{x!r}", "{x[0]}", "{x.y}", "{x:q}", "{x:.f}", "{x:,d}",
      "{x:999d}", "{x:.999f}", "{x:{y}}", "{:d}", "{x:dd}",
    ])
  func malformed(template: String) {
    #expect {
      try FileNameTemplate(template)
    } throws: { error in
      (error as? TrainerError)?.code == .invalidTemplate && "\(error)".contains(template)
    }
  }

  @Test(
    "whose format doesn't fit the value are refused, as Python does",
    arguments: [("{x:d}", Value.number(0.5)), ("{x:.2d}", .integer(1)), ("{x:.2}", .integer(1))])
  func unfitting(template: String, value: Value) throws {
    let parsed = try FileNameTemplate(template)
    #expect(throws: TrainerError.self) { try parsed.filled(with: { _ in value }, available: []) }
  }

  @Test("with an unknown key are refused, naming the keys there are")
  func unknownKey() throws {
    let template = try FileNameTemplate("w-{epoch:02d}-{val_acc:.2f}.ckpt")
    #expect(template.keys == ["epoch", "val_acc"])
    #expect {
      try template.check(available: ["epoch", "loss"])
    } throws: { error in
      "\(error)"
        == "file name 'w-{epoch:02d}-{val_acc:.2f}.ckpt': no value is called 'val_acc', "
        + "there are epoch, loss"
    }
    // Old Keras' name and new Keras' name stand for each other.
    try template.check(available: ["epoch", "val_accuracy"])
  }
}
