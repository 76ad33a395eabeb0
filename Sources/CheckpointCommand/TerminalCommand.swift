internal import ArgumentParser
internal import Checkpoint
internal import SystemPackage

/// A subcommand: parsed by ArgumentParser, run on a terminal that is handed to it.
protocol TerminalCommand: ParsableCommand {
  /// Does the work. Results go to the terminal's output; errors are thrown, and told by the caller.
  /// - Throws: `CheckpointError`, `OutputError`.
  func run(on terminal: Terminal) throws -> ExitStatus
}

extension CompletionKind {
  /// Checkpoint files.
  static var checkpointFile: CompletionKind { .file(extensions: ["ckpt"]) }
}

extension FilePath {
  /// From an argument.
  static func argument(_ text: String) throws -> FilePath {
    guard !text.isEmpty else { throw ValidationError("A path is empty.") }
    return FilePath(text)
  }
}
