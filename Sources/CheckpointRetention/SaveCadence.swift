/// How often a training run saves. Part of a policy, since what is kept and how often one saves are
/// one question; retention itself doesn't look at it.
public enum SaveCadence: Sendable, Hashable {
  /// At the end of each epoch, but so long after the last save at least; and at the end of training.
  case everyEpoch(minimumIntervalSeconds: UInt64)
  /// At the end of every n-th epoch, n being the interval divided by the measured time of an epoch,
  /// rounded up; and at the end of training.
  case epochs(intervalSeconds: UInt64)
  /// At the end of the batch at which `factor` times the measured cost of a save has gone by since the
  /// last one, though not before the minimum and not after the maximum; and at the end of training. A
  /// factor of 100 spends about 1 % of the time on saving.
  case cost(factor: UInt64, minimumSeconds: UInt64, maximumSeconds: UInt64)

  func check() throws(PolicyError) {
    switch self {
    case .everyEpoch: break
    case .epochs(let seconds):
      guard seconds > 0 else { throw PolicyError("the interval can't be 0", item: text) }
    case .cost(let factor, let minimum, let maximum):
      guard factor > 0, minimum <= maximum, maximum > 0 else {
        throw PolicyError(
          "a factor above 0, a minimum and a maximum not below it are needed", item: text)
      }
    }
  }
}
