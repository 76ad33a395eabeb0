/// The names of files that are being written.
package enum TemporaryName {
  /// What they begin with: hidden, and nobody else's.
  package static let prefix = ".ckpt-tmp-"

  /// A name of 64 random bits.
  package static func random() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return prefix + String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Whether `name` is that of a temporary, stale or not.
  package static func matches(_ name: String) -> Bool {
    name.hasPrefix(prefix)
  }
}
