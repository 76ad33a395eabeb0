internal import Checkpoint

/// What the exit status says, the same in every subcommand: 0 is yes, 1 is no, all above is why there
/// is no answer. Where several files are looked at, the highest of theirs.
package enum ExitStatus: Int32, Sendable, Hashable {
  /// Done; intact, the same, all rescued.
  case success = 0
  /// Done, and the answer is no: damaged or degraded (`verify`, `ls --verify`), different (`diff`),
  /// something lost (`salvage`), a limit that can't be met (`prune`).
  case no = 1
  /// What was asked for doesn't fit what is there: no such tensor, rows, document or checkpoint; a
  /// metric whose mode can't be told; an output file that exists.
  case badRequest = 2
  /// A file's content can't be read: not a checkpoint, made by a newer program, or so damaged that
  /// what was asked for is not to be had.
  case unreadable = 3
  /// The system refused: no such file, no permission, a full disk, an I/O error.
  case failed = 4
  /// `prune --apply --exit-code`: nothing had to go.
  case nothingToDo = 5
  /// The command line is wrong (`EX_USAGE`).
  case usage = 64
  /// Another process is writing to the directory (`EX_TEMPFAIL`): try again later.
  case locked = 75
  /// Stopped in order by SIGINT (Ctrl-C), 128 + 2: `train` has saved and can go on.
  case interrupted = 130
  /// Whoever read the output has gone. The status that a shell shows for SIGPIPE, 128 + 13.
  case closedPipe = 141
  /// Stopped in order by SIGTERM (preemption), 128 + 15: `train` has saved and can go on.
  case terminated = 143

  /// The status for an error.
  init(_ error: CheckpointError) {
    self =
      switch error.code {
      case .corrupt, .truncated, .notACheckpoint, .unsupportedVersion, .checksumMismatch,
        .limitExceeded, .survivorDamaged:
        .unreadable
      // Of a file that was found, a tensor; of the system, a file.
      case .notFound: error.item == nil ? .failed : .badRequest
      case .exists, .mismatch, .invalidArgument, .stalePlan: .badRequest
      case .locked: .locked
      default: .failed
      }
  }

  /// The status for a signal that a command has stopped on; nil for others than SIGINT and SIGTERM.
  init?(signal: Int32) {
    let status = ExitStatus(rawValue: 128 + signal)
    guard status == .interrupted || status == .terminated, let status else { return nil }
    self = status
  }

  /// The worse of two.
  func worse(_ other: ExitStatus) -> ExitStatus {
    rawValue >= other.rawValue ? self : other
  }

  private static let signals = """

      130 stopped by SIGINT (Ctrl-C) in order: the same command goes on
      143 stopped by SIGTERM likewise
    """

  /// The last lines of every help page.
  /// - Parameters:
  ///   - no: what 1 says, where there is such an answer.
  ///   - nothingToDo: what 5 says, where there is such an answer.
  ///   - stops: whether the command stops in order on signals.
  static func help(
    no: String? = nil, nothingToDo: String? = nil, stops: Bool = false
  ) -> String {
    """
    EXIT STATUS
      0   done
    \(no.map { "  1   \($0)\n" } ?? "")\
      2   what was asked for doesn't fit what is there
      3   not a checkpoint, or its content can't be read
      4   no such file, no permission, I/O error
    \(nothingToDo.map { "  5   \($0)\n" } ?? "")\
      64  wrong usage
      75  another process is writing to the directory; try again\(stops ? signals : "")
    """
  }
}
