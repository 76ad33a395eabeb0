/// How text looks. Raw values are those of ECMA-48's SGR.
package enum Style: String, Sendable, Hashable {
  case plain = "0"
  case bold = "1"
  case faint = "2"
  case red = "31"
  case green = "32"
  case yellow = "33"
  case magenta = "35"
  case cyan = "36"
}
