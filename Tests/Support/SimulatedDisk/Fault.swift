package import SystemPackage

/// A misfortune that a `SimulatedDisk` is told to have.
package struct Fault: Sendable, Hashable {
  package enum Effect: Sendable, Hashable {
    /// The operation has no effect and fails.
    case fail(Errno)
    /// The operation has its effect, but its caller is told that it failed.
    case failAfterwards(Errno)
    /// For `synchronizeFile` and `synchronizeDirectory`: fails with EIO once, and gives up for ever
    /// what was to be made durable; reads go on showing it, and the next call succeeds. So do
    /// ext4, xfs and btrfs.
    case failAndForget
    /// The file system shuts itself down: nothing reaches the disk any more, whatever is still
    /// pending. All operations fail with EIO, except that the directory's synchronization
    /// succeeds. So does xfs.
    case shutDown
    /// For `write`: writes this many bytes at most and says so. 0 is a bug of the system that a
    /// writer must not loop on.
    case short(limitBytes: Int)
  }

  package var kind: DiskOperation.Kind
  /// Which operation of that kind it befalls, counted from 1.
  package var ordinal: Int
  /// Whether it befalls all later ones too.
  package var isLasting: Bool
  package var effect: Effect

  package init(
    _ effect: Effect, at kind: DiskOperation.Kind, ordinal: Int = 1, isLasting: Bool = false
  ) {
    self.effect = effect
    self.kind = kind
    self.ordinal = ordinal
    self.isLasting = isLasting
  }

  func befalls(_ kind: DiskOperation.Kind, ordinal: Int) -> Bool {
    kind == self.kind && (ordinal == self.ordinal || isLasting && ordinal > self.ordinal)
  }
}
