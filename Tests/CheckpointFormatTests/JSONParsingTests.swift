import CheckpointFormat
import Testing

@Suite("JSON, read strictly")
struct JSONParsingTests {
  @Test(
    "takes what RFC 8259 allows",
    arguments: [
      ("null", .null), ("true", .bool(true)), ("false", .bool(false)), (" \t\r\n0 \n", .int(0)),
      ("\"\"", .string("")), ("[]", .array([])), ("{}", .object(JSONObject())), ("[ ]", []),
      ("{ }", [:]), ("[1,[2,[]],{\"a\":[null]}]", [1, [2, []], ["a": [nil]]]),
      ("{\"\":1,\"b\":{\"\":2}}", ["": 1, "b": ["": 2]]),
      ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", .string("\"\\/\u{8}\u{C}\n\r\t")),
      ("\"\\u00e9\\u20AC\\u0000\"", .string("é€\u{0}")), ("\"\\ud83d\\ude00\"", .string("😀")),
      ("\"\\uDBFF\\uDFFF\"", .string("\u{10FFFF}")),
      ("\"😀\u{7F}\u{2028}\"", .string("😀\u{7F}\u{2028}")),
      ("\"\u{FEFF}\"", .string("\u{FEFF}")),
    ] as [(String, JSONValue)])
  func valid(_ text: String, _ value: JSONValue) throws {
    #expect(try JSONValue.parse(text) == value)
  }

  @Test(
    "reads numbers to the bit",
    arguments: [
      ("0", .int(0)), ("-1", .int(-1)), ("9223372036854775807", .int(.max)),
      ("-9223372036854775808", .int(.min)), ("9223372036854775808", .double(0x1p63)),
      ("-9223372036854775809", .double(-0x1p63)), ("1.0", .double(1)), ("1e2", .double(100)),
      ("1E+2", .double(100)), ("1e-2", .double(0.01)), ("-0.0", .double(-0.0)),
      ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)),
      ("5e-324", .double(.leastNonzeroMagnitude)), ("1e-400", .double(0)),
      ("0.1", .double(0.1)), ("123456789012345678901234567890", .double(1.2345678901234568e29)),
    ] as [(String, JSONValue)])
  func numbers(_ text: String, _ value: JSONValue) throws {
    #expect(try JSONValue.parse(text) == value)
  }

  @Test("keeps the sign of zero")
  func minusZero() throws {
    let value = try JSONValue.parse("-0")
    #expect(value.doubleValue?.sign == .minus)
    #expect(try JSONValue.parse(value.text()).doubleValue?.sign == .minus)
  }

  @Test(
    "refuses everything else",
    arguments: [
      "", " ", "nul", "nulL", "True", "NaN", "Infinity", "-Infinity", "-", "+1", ".5", "1.", "1.e1",
      "1e", "1e+", "01", "-01", "0x1", "1_0", "--1", "1 2", "[1,]", "[,1]", "[1 2]", "[", "]", "[1",
      "{", "}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{\"a\" 1}",
      "{1:2}",
      "{\"a\":1 \"b\":2}", "\"", "\"a", "'a'", "\"\\\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12G4\"",
      "\"\\u 123\"", "\"\\u+123\"", "\"a\u{1}b\"", "\"a\nb\"", "\"\t\"", "\"\u{0}\"", "// c\n1",
      "/* c */ 1", "1 // c", "{} {}", "[] null", "\u{FEFF}1", "\u{A0}1", "1\u{0}", "\u{C}1",
      "1e400", "-1e400", "1e999999999999", "[1e309]",
    ])
  func invalid(_ text: String) {
    #expect(throws: JSONError.self) { try JSONValue.parse(text) }
  }

  @Test(
    "refuses lone surrogates",
    arguments: [
      "\\ud800", "\\udc00", "\\ud800\\ud800", "\\ud800x", "\\ud800\\n", "\\udc00\\ud800",
      "\\ud83d\\u0041", "\\uDFFF", "\\ud800\\",
    ])
  func surrogates(_ escapes: String) {
    #expect(throws: JSONError.self) { try JSONValue.parse("\"\(escapes)\"") }
  }

  @Test(
    "refuses bytes that are not UTF-8",
    arguments: [
      [0x80], [0xC0, 0x80], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE2, 0x82],
      [0xED, 0xA0, 0x80],
      [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
    ] as [[UInt8]])
  func encoding(_ bytes: [UInt8]) {
    #expect(throws: JSONError.self) { try JSONValue.parse(utf8: [0x22] + bytes + [0x22]) }
    #expect(throws: JSONError.self) { try JSONValue.parse(utf8: bytes) }
  }

  @Test("refuses a name that appears twice, however it is written, at its place")
  func duplicates() {
    for text in [
      #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"\u0061":3}"#, #"[{"":1,"":2}]"#,
      #"{"x":{"k":1,"k":{}}}"#, #"{"é":1,"\u00e9":2}"#,
    ] {
      #expect(throws: JSONError.self, "\(text)") { try JSONValue.parse(text) }
    }
    let error = #expect(throws: JSONError.self) { try JSONValue.parse(#"{"a":1,"b":2,"a":3}"#) }
    #expect(error?.offset == 13)
  }

  @Test("tells names apart that only look the same: JSON compares code points")
  func canonicalEquivalence() throws {
    let value = try JSONValue.parse(#"{"\u00e9":1,"e\u0301":2}"#)
    #expect(value.objectValue?.count == 2)
    #expect(value["\u{E9}"] == 1)
    #expect(value["e\u{301}"] == 2)
    #expect(try JSONValue.parse(value.text()).objectValue?.count == 2)
  }

  @Test("nests 512 deep and no deeper")
  func depth() throws {
    func nested(_ depth: Int, _ open: String, _ close: String) -> String {
      String(repeating: open, count: depth) + String(repeating: close, count: depth)
    }
    #expect(try JSONValue.parse(nested(512, "[", "]")).arrayValue?.count == 1)
    #expect(throws: JSONError.self) { try JSONValue.parse(nested(513, "[", "]")) }
    #expect(throws: JSONError.self) { try JSONValue.parse(nested(100_000, "[", "]")) }
    let objects =
      String(repeating: #"{"a":"#, count: 512) + "1" + String(repeating: "}", count: 512)
    #expect(try JSONValue.parse(objects).objectValue?.count == 1)
    #expect(throws: JSONError.self) { try JSONValue.parse("[\(objects)]") }
    #expect(throws: JSONError.self) { try JSONValue.parse("[[1]]", depth: 1) }
    // Siblings are not deeper.
    #expect(try JSONValue.parse("[" + nested(511, "[", "]") + ",[]]").arrayValue?.count == 2)
  }

  @Test("takes time in proportion to the length, not more")
  func linear() throws {
    let members = (0..<5000).map { "\"member \($0)\":\($0)" }.joined(separator: ",")
    #expect(try JSONValue.parse("{\(members)}").objectValue?.count == 5000)
  }
}
