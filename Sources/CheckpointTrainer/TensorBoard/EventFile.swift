import Checkpoint
import CheckpointIO
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file of events that this process writes.
final class EventFile {
  let name: String
  private let file: AppendedFile

  /// Bytes so far.
  var sizeBytes: UInt64 { file.sizeBytes }

  /// Makes a file, which begins with its version.
  ///
  /// - Parameters:
  ///   - writer: its mark, by which a resumed run knows the files of the run.
  ///   - wallSeconds: since 1970.
  /// - Throws: `.fileNotWritable`.
  init(
    in directory: FilePath, writer: String, wallSeconds: Double, fileSystem: any FileSystem
  ) throws(TrainerError) {
    let prefix = "events.out.tfevents.\(Int64(wallSeconds)).\(EventFile.hostName).\(getpid())."
    let version = Event(wallSeconds: wallSeconds, .version(writer: writer))
    let beginning = EventRecord.framed(version.encoded)
    var made: (name: String, file: AppendedFile)?
    while made == nil {
      let name = prefix + "\(EventFile.nextNumber()).v2"
      do throws(TrainerError) {
        made = (name, try AppendedFile(directory.appending(name), .new(beginning), in: fileSystem))
      } catch {
        // In a container every process may have the same number, and be started in the same second.
        guard (error.cause as? PublishError)?.cause.code == .exists else { throw error }
      }
    }
    guard let made else { preconditionFailure("the loop ends with a file") }
    (name, file) = made
  }

  /// How many files this process has made.
  private static let count = Locked(0)

  private static func nextNumber() -> Int {
    count.withLock { count in
      defer { count += 1 }
      return count
    }
  }

  /// Appends events in one write.
  ///
  /// - Throws: `.fileNotWritable`.
  func append(_ events: [Event]) throws(TrainerError) {
    try file.append(events.flatMap { EventRecord.framed($0.encoded) })
  }

  /// Waits until the disk has them.
  func synchronize() throws(TrainerError) { try file.synchronize() }

  private static var hostName: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    // What else a name could hold has no place in a file name.
    let name = bytes.filter { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
        || byte == UInt8(ascii: "-")
    }
    return name.isEmpty ? "localhost" : String(decoding: name, as: UTF8.self)
  }

  /// Seconds since 1970 by the system's clock.
  static func wallSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
