import CheckpointFormat
import Testing

import struct SimulatedDisk.SplitMix64

@Suite("JSON, written")
struct JSONTextTests {
  static let values: [JSONValue] = [
    nil, true, false, 0, .int(.max), .int(.min), .double(0.1), .double(-0.0), .double(1e300),
    .double(1.0), .double(.leastNonzeroMagnitude), .double(.greatestFiniteMagnitude), "", "a\"b\\c",
    "\u{0}\u{1}\u{1F}\u{7F}\n\r\t", "é e\u{301} 😀 \u{2028}\u{2029}\u{FEFF}", [], [[], [[]]], [:],
    ["b": 1, "a": [nil, true, ["x": "y"]], "": 2.5],
  ]

  @Test("reads back the same, on one line and on many", arguments: values)
  func roundTrip(_ value: JSONValue) throws {
    #expect(try JSONValue.parse(value.text()) == value)
    #expect(try JSONValue.parse(value.text(pretty: true)) == value)
    #expect(!value.text().contains("\n"))
  }

  @Test("keeps the order of members")
  func order() throws {
    let text = #"{"z":1,"a":2,"m":{"y":3,"b":4}}"#
    #expect(try JSONValue.parse(text).text() == text)
    let indented = "{\n  \"z\": 1,\n  \"a\": [\n    2\n  ],\n  \"m\": {}\n}"
    #expect(try JSONValue.parse(#"{"z":1,"a":[2],"m":{}}"#).text(pretty: true) == indented)
  }

  @Test("reads doubles back to the bit")
  func doubles() throws {
    var random = SplitMix64(seed: 6)
    for _ in 0..<5000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      let back = try JSONValue.parse(JSONValue.double(value).text())
      #expect(back.doubleValue?.bitPattern == value.bitPattern, "\(value)")
    }
  }

  @Test("writes numbers that JSON lacks as strings, and reads them back")
  func nonFinite() throws {
    for value in [Double.nan, .infinity, -.infinity, 1.5] {
      let back = try JSONValue.parse(JSONValue.double(value).text()).numberValue
      #expect(value.isNaN ? back?.isNaN == true : back == value)
    }
    #expect(JSONValue.double(.nan).text() == "\"NaN\"")
    #expect(JSONValue.double(-.infinity).text() == "\"-Infinity\"")
  }

  @Test("escapes what must be escaped and no more")
  func escapes() {
    #expect(JSONValue.string("/é\u{1F}\"\\").text() == #""/é\u001f\"\\""#)
  }

  @Test("objects are equal if their members are, and lose and keep places as told")
  func objects() {
    var object: JSONObject = ["a": 1, "b": 2]
    #expect(object == ["b": 2, "a": 1])
    object["a"] = 3
    object["c"] = 4
    #expect(object.keys == ["a", "b", "c"])
    object["b"] = nil
    object["missing"] = nil
    #expect(object.members.map(\.key) == ["a", "c"] && object.count == 2)
  }

  @Test("values are looked at by their kind")
  func access() {
    let value: JSONValue = ["a": [1, 2.0, "x", true, nil]]
    #expect(value["a"]?[0]?.intValue == 1 && value["a"]?[1]?.intValue == 2)
    #expect(value["a"]?[0]?.doubleValue == 1 && value["a"]?[2]?.stringValue == "x")
    #expect(value["a"]?[3]?.boolValue == true && value["a"]?[4]?.isNull == true)
    #expect(value["a"]?[5] == nil && value["a"]?[-1] == nil && value["b"] == nil)
    #expect(JSONValue.double(1.5).intValue == nil && JSONValue.double(1e300).intValue == nil)
  }
}
