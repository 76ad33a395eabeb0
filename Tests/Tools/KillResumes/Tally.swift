/// What was seen over all runs.
struct Tally: CustomStringConvertible {
  var killCount = 0
  /// Kills that left a temporary file: they hit the middle of a save. Only every second run has such
  /// files with names; a kill in the middle of another save leaves no trace.
  var inSaveCount = 0
  /// Runs that came to their end, the same as the undisturbed one's.
  var runCount = 0
  /// Processes that went on in the middle of an epoch.
  var middleCount = 0

  var description: String {
    "\(killCount) kills (\(inSaveCount) or more in the middle of a save), \(middleCount) resumes in the "
      + "middle of an epoch, \(runCount) runs to the end, all bit for bit the undisturbed one's, lines too"
  }
}
