/// What was seen over all kills or cuts.
struct Tally {
  /// How many there were.
  var count = 0
  var acknowledged = 0
  /// How many checkpoints that were found sound shared blocks with others.
  var sharing = 0
  var violations: [String] = []

  /// Whether savers saved, and nothing was lost.
  var isGood: Bool { violations.isEmpty && acknowledged > 0 }
}
