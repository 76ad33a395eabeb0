/// Sixteen bytes that identify a file or a training run; a random UUID (RFC 9562, version 4) unless
/// set by hand.
public struct UniqueID: Sendable, Hashable {
  /// The bytes, in the order of the file.
  public var bytes: (high: UInt64, low: UInt64) { (high, low) }

  private let high: UInt64
  private let low: UInt64

  /// From two big-endian halves.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// A random one.
  public static func random() -> UniqueID {
    var generator = SystemRandomNumberGenerator()
    return UniqueID(
      high: generator.next() & ~0xF000 | 0x4000, low: generator.next() & ~(0b11 << 62) | 0b10 << 62)
  }

  /// All zero: no identity.
  public static let none = UniqueID(high: 0, low: 0)

  /// From text such as `0f0e4c2a-7d1b-4e9a-9a3e-0b6f5c1d2e3f`, or nil.
  public init?(_ text: String) {
    let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
    // The integers' own parsing would take a sign.
    guard digits.count == 32, !digits.contains(UInt8(ascii: "+")),
      let string = String(validating: digits, as: UTF8.self),
      let high = UInt64(string.prefix(16), radix: 16),
      let low = UInt64(string.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }
}

extension UniqueID: CustomStringConvertible {
  /// In groups of 8, 4, 4, 4 and 12 hexadecimal digits.
  public var description: String {
    func hex(_ value: UInt64) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    let digits = Array(hex(high) + hex(low))
    return [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
      .map { String($0) }.joined(separator: "-")
  }
}
