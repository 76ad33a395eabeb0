/// How narrowly a checkpoint that goes has missed a rule.
public struct NearMiss: Sendable, Hashable {
  /// The index of the rule in the policy.
  public var rule: Int
  /// The quota with which the rule would keep it.
  public var rank: Int
}
