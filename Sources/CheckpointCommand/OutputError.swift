package import SystemPackage

/// Text that could not be written.
package enum OutputError: Error, Sendable, Hashable {
  /// The reader has gone: no reason to say anything.
  case closed
  /// The system's reason.
  case failed(Errno)
}
