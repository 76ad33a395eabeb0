extension JSONValue {
  /// The JSON text. Numbers are the shortest decimals that read back to the same bits. NaN and the
  /// infinities, which JSON lacks, become the strings of `number(_:)`.
  /// - Parameter pretty: whether to break and indent lines.
  public func text(pretty: Bool = false) -> String {
    text(pretty: pretty, indent: 0)
  }

  /// The same for a value that stands so many levels deep in another one; its first line is not indented.
  package func text(pretty: Bool, indent: Int) -> String {
    // Appending to bytes is several times as fast as to a string.
    var output: [UInt8] = []
    write(to: &output, pretty: pretty, indent: indent)
    return String(decoding: output, as: UTF8.self)
  }

  private func write(to output: inout [UInt8], pretty: Bool, indent: Int) {
    switch self {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
    case .int(let value): output.append(contentsOf: String(value).utf8)
    case .double(let value):
      if value.isFinite {
        output.append(contentsOf: value.description.utf8)
      } else if case .string(let name) = JSONValue.number(value) {
        JSONValue.write(string: name, to: &output)
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
        output.append(UInt8(ascii: ":"))
        if pretty { output.append(UInt8(ascii: " ")) }
        member.1.write(to: &output, pretty: pretty, indent: indent + 1)
      }
    }
  }

  private static func write<Items: Sequence>(
    _ items: Items, open: Unicode.Scalar, close: Unicode.Scalar, to output: inout [UInt8],
    pretty: Bool, indent: Int, item: (Items.Element, inout [UInt8]) -> Void
  ) {
    func breakLine(_ depth: Int) {
      output.append(UInt8(ascii: "\n"))
      output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }
    output.append(UInt8(ascii: open))
    var isEmpty = true
    for element in items {
      if !isEmpty { output.append(UInt8(ascii: ",")) }
      isEmpty = false
      if pretty { breakLine(indent + 1) }
      item(element, &output)
    }
    if pretty, !isEmpty { breakLine(indent) }
    output.append(UInt8(ascii: close))
  }

  private static func write(string: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    // Most have nothing to escape.
    let isPlain = unsafe string.utf8.withContiguousStorageIfAvailable { bytes in
      unsafe bytes.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && $0 != 0x7F }
    }
    if isPlain == true { output.append(contentsOf: string.utf8) }
    for byte in isPlain == true ? "".utf8 : string.utf8 {
      switch byte {
      case UInt8(ascii: "\""): output.append(contentsOf: "\\\"".utf8)
      case UInt8(ascii: "\\"): output.append(contentsOf: "\\\\".utf8)
      case UInt8(ascii: "\n"): output.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\r"): output.append(contentsOf: "\\r".utf8)
      case UInt8(ascii: "\t"): output.append(contentsOf: "\\t".utf8)
      case 0..<0x20, 0x7F:
        let digits = String(byte, radix: 16)
        output.append(contentsOf: (digits.utf8.count == 1 ? "\\u000" : "\\u00").utf8)
        output.append(contentsOf: digits.utf8)
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
