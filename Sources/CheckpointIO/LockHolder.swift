#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Who holds a `WriterLock`, as far as its file tells. For messages: the lock itself is the
/// kernel's, and the file may be out of date or empty.
package struct LockHolder: Sendable, Hashable {
  package var processID: Int32?
  package var host: String?
  /// Since when, nanoseconds since 1970-01-01T00:00:00Z.
  package var sinceNanoseconds: Int64?

  package init(
    processID: Int32? = nil, host: String? = nil, sinceNanoseconds: Int64? = nil
  ) {
    self.processID = processID
    self.host = host
    self.sinceNanoseconds = sinceNanoseconds
  }

  /// This process, now.
  package static func current() -> LockHolder {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return LockHolder(
      processID: getpid(), host: hostName(),
      sinceNanoseconds: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
  }

  private static func hostName() -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { name in
      name.initialize(repeating: 0)
      guard let start = name.baseAddress, gethostname(start, name.count - 1) == 0 else {
        return nil
      }
      return String(cString: start)
    }
  }

  /// Reads the lock file's text; what is missing or no number is nil.
  package init(parsing text: some StringProtocol) {
    let fields = text.split(omittingEmptySubsequences: false) { $0 == " " || $0.isNewline }
    processID = fields.first.flatMap { Int32($0) }
    host = fields.dropFirst().first.flatMap { $0.isEmpty ? nil : String($0) }
    sinceNanoseconds = fields.dropFirst(2).first.flatMap { Int64($0) }
  }

  /// The lock file's text: process, host and time, separated by spaces.
  package var text: String {
    let host = (host ?? "").filter { !$0.isWhitespace }
    return "\(processID ?? 0) \(host) \(sinceNanoseconds ?? 0)\n"
  }
}

extension LockHolder: CustomStringConvertible {
  package var description: String {
    let process = processID.map { "process \($0)" } ?? "another process"
    return host.map { "\(process) on \($0)" } ?? process
  }
}
