/// A step of the protocol of a durable save that a `MutantFileSystem` leaves out, to see whether a
/// test notices.
package enum Mutation: Sendable, Hashable, CaseIterable {
  /// The file's fsync before its rename does nothing.
  case noFileSynchronization
  /// The directory's fsync does nothing.
  case noDirectorySynchronization
  /// The file's fsync after its rename does nothing.
  case noSecondFileSynchronization
  /// Files are written under their final name at once, over what is there.
  case inPlace
}
