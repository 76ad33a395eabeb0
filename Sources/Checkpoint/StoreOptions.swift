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
  /// How background saves keep what they save from changing meanwhile.
  public var backgroundSnapshot: BackgroundSnapshot
  /// What is removed after each acknowledged save.
  public var retention: StoreRetention
  /// Whether chunks that the newest checkpoint has already share its blocks, on file systems that can do so: xfs
  /// and btrfs; elsewhere this does nothing and costs nothing. The bytes are compared first, which takes reading
  /// them. The file is the same as if it had been written, and needs no other one; but what a failing disk
  /// loses of shared blocks, all files lose that have them.
  public var sharesUnchangedTensors: Bool

  /// Read and write, raw files, 60 seconds, 1 background save that holds its tensors, the directory's remembered policy, unchanged tensors
  /// shared where that can be.
  public init(
    access: Access = .readWrite, save: SaveOptions = SaveOptions(), lockWaitSeconds: Double = 60,
    backgroundSaveLimit: Int = 1, backgroundSnapshot: BackgroundSnapshot = .held,
    retention: StoreRetention = .remembered,
    sharesUnchangedTensors: Bool = true
  ) {
    self.access = access
    self.save = save
    self.lockWaitSeconds = lockWaitSeconds
    self.backgroundSaveLimit = backgroundSaveLimit
    self.backgroundSnapshot = backgroundSnapshot
    self.retention = retention
    self.sharesUnchangedTensors = sharesUnchangedTensors
  }
}
