/// Text from files, on its way to a terminal.
extension String {
  /// With control characters, and those that change the direction of text, written as escapes: a
  /// name in a file must not move the cursor, recolour the screen or hide what follows.
  var printable: String {
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return self }
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        result += "\\x" + String.hex(scalar.value, digitCount: 2)
      case _ where scalar.isHiddenControl: result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Without the middle if it is longer than names and messages are: a foreign file's name of megabytes must
  /// not flood the screen.
  var shortened: String {
    guard utf8.count > 4096 else { return self }
    return String(unicodeScalars.prefix(200)) + "…" + String(unicodeScalars.suffix(100))
  }

  /// JSON text in which controls outside ASCII, which JSON lets stand, are escaped too. Such can
  /// stand in its strings only, so that the value stays the same.
  var escapingNonASCIIControls: String {
    if utf8.allSatisfy({ $0 < 0x80 }) { return self }
    var result = ""
    for scalar in unicodeScalars {
      if scalar.isHiddenControl, scalar.value <= 0xFFFF {
        result += "\\u" + String.hex(scalar.value, digitCount: 4)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// How many columns a terminal needs for it.
  var displayWidth: Int {
    if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
    return unicodeScalars.reduce(0) { $0 + $1.displayWidth }
  }

  /// At most `width` columns wide, the middle left out: the beginning and the end of a tensor's name
  /// tell more than its middle.
  func elidingMiddle(to width: Int) -> String {
    guard displayWidth > width else { return self }
    guard width > 1 else { return width == 1 ? "…" : "" }
    let characters = Array(self)
    let tail = characters.reversed().prefixWidth((width - 1) / 2)
    let head = characters.prefixWidth(width - 1 - tail.width)
    return String(characters.prefix(head.count)) + "…" + String(characters.suffix(tail.count))
  }

  /// At most `width` columns wide, the end left out.
  func elidingEnd(to width: Int) -> String {
    guard displayWidth > width else { return self }
    guard width > 0 else { return "" }
    return String(Array(self).prefix(Array(self).prefixWidth(width - 1).count)) + "…"
  }

  /// With spaces after it up to `width` columns.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - displayWidth))
  }

  /// With spaces before it up to `width` columns.
  func paddedLeft(to width: Int) -> String {
    String(repeating: " ", count: Swift.max(0, width - displayWidth)) + self
  }

  /// Hexadecimal digits with leading zeros.
  static func hex<T: FixedWidthInteger>(_ value: T, digitCount: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: Swift.max(0, digitCount - digits.count)) + digits
  }
}

extension Sequence<Character> {
  /// How many of the first characters fit into so many columns, and how many they take.
  fileprivate func prefixWidth(_ limit: Int) -> (count: Int, width: Int) {
    var count = 0
    var width = 0
    for character in self {
      let next = width + String(character).displayWidth
      if next > limit { break }
      width = next
      count += 1
    }
    return (count, width)
  }
}

extension Unicode.Scalar {
  /// Controls above ASCII: C1 (some terminals take U+009B as the start of a sequence), line and
  /// paragraph separators, and whatever turns the direction of text.
  fileprivate var isHiddenControl: Bool {
    switch value {
    case 0x80...0x9F, 0x2028...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C, 0xFEFF: true
    default: false
    }
  }

  /// Columns on a terminal: none for marks that combine, two for East Asian wide characters and
  /// pictures.
  fileprivate var displayWidth: Int {
    if value < 0x300 { return 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
