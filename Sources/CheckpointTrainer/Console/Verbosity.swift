/// How much `fit` says. The whole numbers are Keras' values of `verbose`.
public enum Verbosity: Int, Sendable, Hashable, ExpressibleByIntegerLiteral {
  /// A progress bar on a terminal, else one line per epoch.
  case automatic = -1
  /// Nothing.
  case silent = 0
  /// A progress bar; where nothing can be overwritten only its final state.
  case bar = 1
  /// One line per epoch.
  case lines = 2

  /// 0, 1 or 2; anything else is automatic.
  public init(integerLiteral value: Int) {
    self = Verbosity(rawValue: value) ?? .automatic
  }
}
