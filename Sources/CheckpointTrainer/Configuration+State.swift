import Checkpoint

/// What saved states are read with.
extension Configuration {
  /// A whole number that isn't negative, and small enough to be counted on from.
  ///
  /// - Throws: `.invalidState`, `.invalidConfiguration`.
  func count(_ key: String) throws(TrainerError) -> Int {
    let value = try int(key)
    guard (0..<1 << 53).contains(value) else {
      throw TrainerError(.invalidState, "\(className): '\(key)' is \(value)")
    }
    return value
  }

  /// A finite number, or nil where null stands.
  ///
  /// - Throws: `.invalidState`, `.invalidConfiguration`.
  func finiteNumber(_ key: String) throws(TrainerError) -> Double? {
    guard self[key] != .null else { return nil }
    let value = try double(key)
    guard value.isFinite else {
      throw TrainerError(.invalidState, "\(className): '\(key)' is \(value)")
    }
    return value
  }
}
