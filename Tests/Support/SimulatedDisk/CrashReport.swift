/// What a `CrashExplorer` has seen.
package struct CrashReport: Sendable, CustomStringConvertible {
  /// How often the power was cut.
  package var crashPointCount = 0
  /// Distinct states found after a cut, over all cuts: counted again where the workload had
  /// recorded something else by then.
  package var stateCount = 0
  /// How many of them the check condemned.
  package var violationCount = 0
  /// The first few of these, for people.
  package var violations: [String] = []
  /// Cuts after which there were too many states for all to be tried.
  package var sampledPointCount = 0
  /// What the workload threw when the power stayed on.
  package var uncutError: String?

  package var description: String {
    var text = "\(crashPointCount) crash points, \(stateCount) states, \(violationCount) violations"
    if sampledPointCount > 0 { text += ", \(sampledPointCount) points sampled" }
    if let uncutError { text += "; without a cut: \(uncutError)" }
    return ([text] + violations).joined(separator: "\n  ")
  }
}
