/// Which directory changes may be on the disk after a power cut, of those made since the directory
/// was last synchronized. (File contents are the same matter in both: see `FileSurvival`.)
package enum SurvivalModel: Sendable, Hashable, CaseIterable {
  /// The first so many, in the order made: a journal, as ext4, xfs and btrfs have.
  case orderedPrefix
  /// Any of them, whatever happened to the others: a file system that promises nothing. Contains
  /// all states of `orderedPrefix`.
  case anySubset
}
