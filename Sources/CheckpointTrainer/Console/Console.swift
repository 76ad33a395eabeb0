#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where training writes its lines, and the clock it measures steps by.
public struct Console: Sendable {
  /// Whether what is written can be overwritten: a progress bar is drawn only then.
  public var isTerminal: Bool
  /// Takes text as it comes; lines end with line feeds.
  public var write: @Sendable (String) -> Void
  /// Seconds since some fixed moment, never going back.
  public var seconds: @Sendable () -> Double

  /// A console; by default with the system's monotonic clock.
  public init(
    isTerminal: Bool, seconds: @escaping @Sendable () -> Double = Console.monotonicSeconds,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.isTerminal = isTerminal
    self.seconds = seconds
    self.write = write
  }

  /// The process's standard output, written at once. A closed pipe is not an error here: the
  /// training goes on.
  public static let standardOutput = Console(isTerminal: isatty(STDOUT_FILENO) == 1) { text in
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { systemWrite(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      bytes.removeFirst(count)
    }
  }

  /// Seconds of the system's monotonic clock.
  public static func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// write(2), apart from the member of the same name.
private func systemWrite(_ file: Int32, _ base: UnsafeRawPointer?, _ count: Int) -> Int {
  write(file, base, count)
}
