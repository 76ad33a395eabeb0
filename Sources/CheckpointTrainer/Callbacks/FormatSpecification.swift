/// What follows the colon in a field of a file name: `[[fill]align][sign][0][width][.precision][type]`
/// of Python's format language (https://docs.python.org/3/library/string.html#formatspec), with the
/// types d, f, e, g, % and their capitals. Without a type a whole number is written as with d, another
/// one with as many digits as tell it from its neighbours.
struct FormatSpecification: Sendable, Hashable {
  private var fill: Character = " "
  private var align: Character = ">"
  private var sign: Character = "-"
  private var width = 0
  private var precision: Int?
  private var type: Character?

  /// File names are no longer than this.
  private static let widthLimit = 255
  private static let precisionLimit = 100

  /// - Throws: `.invalidTemplate`, without the template, which the caller adds.
  init(_ text: String) throws(TrainerError) {
    var rest = text[...]
    let aligns: Set<Character> = ["<", ">", "^", "="]
    var hasFill = false
    var hasAlign = false
    if let second = rest.dropFirst().first, aligns.contains(second), let first = rest.first {
      (fill, align, hasFill, hasAlign) = (first, second, true, true)
      rest = rest.dropFirst(2)
    } else if let first = rest.first, aligns.contains(first) {
      (align, hasAlign) = (first, true)
      rest = rest.dropFirst()
    }
    if let first = rest.first, "+- ".contains(first) {
      sign = first
      rest = rest.dropFirst()
    }
    if rest.first == "0" {
      rest = rest.dropFirst()
      if !hasFill { fill = "0" }
      if !hasAlign { align = "=" }
    }
    width = try number(&rest, limit: FormatSpecification.widthLimit, what: "width") ?? 0
    if rest.first == "." {
      rest = rest.dropFirst()
      guard
        let digits = try number(
          &rest, limit: FormatSpecification.precisionLimit, what: "precision")
      else { throw TrainerError(.invalidTemplate, "digits must follow the point") }
      precision = digits
    }
    if let first = rest.first {
      guard rest.count == 1, "dfFeEgG%".contains(first) else {
        throw TrainerError(
          .invalidTemplate, "'\(rest)' is not understood; types are d, f, e, g and %")
      }
      type = first
    }
  }

  private func number(
    _ rest: inout Substring, limit: Int, what: String
  ) throws(TrainerError) -> Int? {
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty else { return nil }
    rest = rest.dropFirst(digits.count)
    guard let number = Int(digits), number <= limit else {
      throw TrainerError(.invalidTemplate, "a \(what) of \(digits) is more than \(limit)")
    }
    return number
  }

  /// The value as text.
  ///
  /// - Throws: `.invalidTemplate` where Python raises: a fraction with d, a precision with d.
  func text(of value: FileNameTemplate.Value) throws(TrainerError) -> String {
    let magnitude: String
    let isNegative: Bool
    switch (value, type) {
    case (.integer(let number), nil), (.integer(let number), "d"):
      guard precision == nil else {
        throw TrainerError(.invalidTemplate, "a whole number takes no precision")
      }
      isNegative = number < 0
      magnitude = String(number.magnitude)
    case (.number, "d"):
      throw TrainerError(.invalidTemplate, "type d is for whole numbers; use f")
    case (.integer(let number), .some(let type)):
      isNegative = number < 0
      magnitude = text(of: abs(Double(number)), type: type)
    case (.number(let number), let type):
      isNegative = number.sign == .minus && !number.isNaN
      magnitude = text(of: number.isNaN ? number : number.magnitude, type: type)
    }
    let signText = isNegative ? "-" : sign == "-" ? "" : String(sign)
    return padded(signText, magnitude)
  }

  private func text(of value: Double, type: Character?) -> String {
    guard let type else {
      guard let precision else {
        return value.isFinite ? "\(value)" : formatted(value, "g", precision: 6)
      }
      return general(value, digits: max(precision, 1))
    }
    if type == "%" { return formatted(value * 100, "f", precision: precision ?? 6) + "%" }
    let conversion = Character(type.lowercased())
    let digits = conversion == "g" ? max(precision ?? 6, 1) : precision ?? 6
    let text = formatted(value, conversion, precision: digits)
    return type.isUppercase ? text.uppercased() : text
  }

  /// As with g, but always with a digit after the point: where none of `digits` is left for it, with
  /// an exponent.
  private func general(_ value: Double, digits: Int) -> String {
    let text = formatted(value, "g", precision: digits)
    guard value.isFinite, !text.contains("e") else { return text }
    let parts = formatted(value, "e", precision: digits - 1).split(separator: "e")
    if parts.count == 2, let exponent = Int(parts[1]), exponent >= digits - 1 {
      var mantissa = parts[0]
      if mantissa.contains(".") {
        while mantissa.last == "0" { mantissa.removeLast() }
        if mantissa.last == "." { mantissa.removeLast() }
      }
      return "\(mantissa)e\(parts[1])"
    }
    return text.contains(".") ? text : text + ".0"
  }

  private func padded(_ sign: String, _ magnitude: String) -> String {
    let space = max(0, width - sign.count - magnitude.count)
    func filling(_ count: Int) -> String { String(repeating: fill, count: count) }
    switch align {
    case "<": return sign + magnitude + filling(space)
    case "^": return filling(space / 2) + sign + magnitude + filling(space - space / 2)
    case "=": return sign + filling(space) + magnitude
    default: return filling(space) + sign + magnitude
    }
  }
}
