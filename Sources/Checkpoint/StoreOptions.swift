/// How a store behaves.
public struct StoreOptions: Sendable, Hashable {
  /// What the process may do with the directory.
  public enum Access: Sendable, Hashable {
    /// Save, pin, remove. The directory is made if it is missing.
    case readWrite
    /// Nothing is changed, not even leftovers of a crash.
    case readOnly
  }

  /// What the process may do with the directory.
  public var access: Access
  /// How files are written.
  public var save: SaveOptions
  /// How long to wait for another process that writes, before `locked` is thrown.
  public var lockWaitSeconds: Double
  /// How many background saves may be under way before the caller has to wait.
  public var backgroundSaveLimit: Int
  /// What is removed after each acknowledged save.
  public var retention: StoreRetention

  /// Read and write, raw files, 60 seconds, 1 background save, the directory's remembered policy.
  public init(
    access: Access = .readWrite, save: SaveOptions = SaveOptions(), lockWaitSeconds: Double = 60,
    backgroundSaveLimit: Int = 1, retention: StoreRetention = .remembered
  ) {
    self.access = access
    self.save = save
    self.lockWaitSeconds = lockWaitSeconds
    self.backgroundSaveLimit = backgroundSaveLimit
    self.retention = retention
  }
}
