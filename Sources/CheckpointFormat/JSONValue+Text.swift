extension JSONValue {
  /// The JSON text. Numbers are the shortest decimals that read back to the same bits. NaN and the
  /// infinities, which JSON lacks, become the strings of `number(_:)`.
  /// - Parameter pretty: whether to break and indent lines.
  public func text(pretty: Bool = false) -> String {
    var output = ""
    write(to: &output, pretty: pretty, indent: 0)
    return output
  }

  private func write(to output: inout String, pretty: Bool, indent: Int) {
    switch self {
    case .null: output += "null"
    case .bool(let value): output += value ? "true" : "false"
    case .int(let value): output += String(value)
    case .double(let value):
      if value.isFinite {
        output += "\(value)"
      } else {
        JSONValue.write(nonFinite: value, to: &output)
      }
    case .string(let value): JSONValue.write(string: value, to: &output)
    case .array(let values):
      JSONValue.write(
        values, open: "[", close: "]", to: &output, pretty: pretty, indent: indent
      ) { value, output in
        value.write(to: &output, pretty: pretty, indent: indent + 1)
      }
    case .object(let object):
      JSONValue.write(
        zip(object.keys, object.values), open: "{", close: "}", to: &output, pretty: pretty,
        indent: indent
      ) { member, output in
        JSONValue.write(string: member.0, to: &output)
        output += pretty ? ": " : ":"
        member.1.write(to: &output, pretty: pretty, indent: indent + 1)
      }
    }
  }

  private static func write<Items: Sequence>(
    _ items: Items, open: String, close: String, to output: inout String, pretty: Bool, indent: Int,
    item: (Items.Element, inout String) -> Void
  ) {
    output += open
    var isEmpty = true
    for element in items {
      if !isEmpty { output += "," }
      isEmpty = false
      if pretty { output += "\n" + String(repeating: "  ", count: indent + 1) }
      item(element, &output)
    }
    if pretty, !isEmpty { output += "\n" + String(repeating: "  ", count: indent) }
    output += close
  }

  private static func write(nonFinite value: Double, to output: inout String) {
    if case .string(let name) = JSONValue.number(value) { write(string: name, to: &output) }
  }

  private static func write(string: String, to output: inout String) {
    output += "\""
    // Most have nothing to escape.
    let isPlain = string.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && $0 != 0x7F }
    if isPlain { output += string }
    for scalar in isPlain ? "".unicodeScalars : string.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case "\u{0}"..<"\u{20}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: output.unicodeScalars.append(scalar)
      }
    }
    output += "\""
  }
}
