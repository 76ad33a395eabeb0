import CheckpointIO
import SimulatedDisk

/// A step of a durable save that a saver leaves out, to see whether the test notices.
enum Mutant: String, CaseIterable {
  /// The file is not synchronized before it gets its name.
  case noFsync = "no-fsync"
  /// Nothing is synchronized after the file got its name. Both calls are left out, since on ext4
  /// and xfs the file's fsync takes the rename along, and so stands in for the directory's.
  case noDirectoryFsync = "no-directory-fsync"

  /// The disk as a saver that leaves the step out uses it.
  var fileSystem: any FileSystem {
    switch self {
    case .noFsync: MutantFileSystem(PosixFileSystem(), .noFileSynchronization)
    case .noDirectoryFsync:
      MutantFileSystem(
        MutantFileSystem(PosixFileSystem(), .noSecondFileSynchronization),
        .noDirectorySynchronization)
    }
  }
}
