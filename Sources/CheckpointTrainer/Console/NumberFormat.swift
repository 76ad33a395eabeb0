#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A number as C's printf and Python's `%` write it.
///
/// - Parameters:
///   - conversion: "f", "e" or "g".
///   - precision: digits after the point, or for "g" in all.
func formatted(_ value: Double, _ conversion: Character, precision: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  let format = "%.*\(conversion)"
  let arguments: [any CVarArg] = [Int32(clamping: min(max(precision, 0), 400)), value]
  // 309 digits before the point, up to 400 after it.
  var buffer = [CChar](repeating: 0, count: 800)
  let length = withVaList(arguments) { vsnprintf(&buffer, buffer.count, format, $0) }
  let bytes = buffer.prefix(min(max(Int(length), 0), buffer.count - 1))
  return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
