/// Sizes as the command shows them, by another way.
enum HumanSizes {
  static func of(_ bytes: UInt64) -> String {
    if bytes < 1024 { return "\(bytes) B" }
    let tenths = Int((Double(bytes) / 1024 * 10).rounded())
    return tenths < 1000 ? "\(tenths / 10).\(tenths % 10) KiB" : "\((tenths + 5) / 10) KiB"
  }
}
