import SystemPackage

/// The right to write in a run directory: one holder at a time, over all processes and within one.
///
/// It is the kernel's lock on a file (`flock`), which dies with its process: there is no stale lock
/// to clean up after a crash. The file's content says who has it, for messages only.
package final class WriterLock: Sendable {
  /// The lock file's name.
  package static let fileName = "lock"

  private static let firstPauseSeconds = 0.001
  private static let longestPauseSeconds = 0.25
  private static let contentLimitBytes = 1024

  private let file: any File

  private init(file: any File) {
    self.file = file
  }

  deinit { release() }

  /// Takes the lock of `directory`, waiting up to `waitSeconds` for it (0: tries once). Blocks the
  /// thread while it waits.
  package static func acquire(
    in directory: any Directory, fileName: String = WriterLock.fileName, waitSeconds: Double = 0
  ) throws(WriterLockError) -> WriterLock {
    let clock = ContinuousClock()
    let start = clock.now
    var pauseSeconds = firstPauseSeconds
    while true {
      let holder: LockHolder
      do throws(IOError) {
        let file = try directory.open(fileName, .readWriteCreating)
        if try file.tryLock(.exclusive) {
          // Somebody may have removed the file (`rm -r .ckpt`) and the next writer have made
          // another: the lock that counts is that of the name.
          guard try AtomicFile.isName(fileName, of: file, in: directory) else { continue }
          write(.current(), to: file)
          return WriterLock(file: file)
        }
        holder = read(from: file)
      } catch {
        throw .io(error)
      }
      let waitedSeconds = (clock.now - start) / .seconds(1)
      guard waitedSeconds < waitSeconds else { throw .held(by: holder) }
      SystemCall.pause(seconds: min(pauseSeconds, waitSeconds - waitedSeconds))
      pauseSeconds = min(pauseSeconds * 2, longestPauseSeconds)
    }
  }

  /// Frees the lock; a second call does nothing. The file stays: removing it would let two writers
  /// lock two files of the same name.
  package func release() {
    // So that nobody is named as the holder between the next one's lock and its own text.
    try? file.truncate(sizeBytes: 0)
    file.close()
  }

  /// A full disk keeps the text from being written, not the lock from being held.
  private static func write(_ holder: LockHolder, to file: any File) {
    let text = Array(holder.text.utf8)
    try? file.truncate(sizeBytes: 0)
    _ = text.withUnsafeBytes { bytes in try? file.write(bytes, at: 0) }
  }

  private static func read(from file: any File) -> LockHolder {
    let bytes = [UInt8](unsafeUninitializedCapacity: contentLimitBytes) { buffer, count in
      count = (try? file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)) ?? 0
    }
    return LockHolder(parsing: String(decoding: bytes, as: UTF8.self))
  }
}
