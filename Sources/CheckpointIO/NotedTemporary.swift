import CCheckpointShims
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A temporary file that goes when a signal ends the process, for as long as this lives. What ends it in
/// another way, such as SIGKILL or the power, leaves the file to `StaleTemporaries`.
package final class NotedTemporary: Sendable {
  private let number: Int32

  init(_ path: FilePath) {
    number = path.withPlatformString { ckpt_temporary_note($0) }
  }

  deinit { ckpt_temporary_forget(number) }

  /// From now on, signals that would end the process take its temporary files along first. For programs: a
  /// library doesn't touch the process's signals.
  package static func removeOnSignals() {
    // One that can't be had acts as before.
    for signal in [SIGINT, SIGTERM, SIGHUP] { _ = ckpt_temporaries_end_on(signal) }
  }
}
