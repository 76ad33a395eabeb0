public import Checkpoint
public import SystemPackage

extension ModelCheckpoint {
  /// When to save.
  public enum SaveFrequency: Sendable, Hashable {
    /// At the end of every n-th epoch, counted from the run's first.
    case epochs(Int)
    /// After every n-th batch, counted from the run's first over all epochs. Validation values, where
    /// they are monitored, are in the file name, or are tracked by the store's policy, are computed
    /// then and there.
    case batches(Int)
    /// When the cadence says so by the clock, and at the end of training; what is trained doesn't
    /// depend on it. Saves in the middle of an epoch have validation values as with `batches`.
    case cadence(SaveCadence)

    /// At the end of every epoch.
    public static let epoch = SaveFrequency.epochs(1)
  }

  /// A moment around a save, for tests and demonstrations of crashes.
  public enum SaveEvent: Sendable, Hashable {
    /// The save to this path begins.
    case begins(FilePath)
    /// The save is done: it survives a crash. With `savesInBackground`: it is under way.
    case ended(FilePath)
  }
}
