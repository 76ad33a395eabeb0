internal import ArgumentParser
internal import Checkpoint
internal import CheckpointExchange
internal import SystemPackage

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// The `ckpt` program, without its process: `main` lends it one.
public enum CheckpointProgram {
  /// Runs with the process's arguments on its standard descriptors.
  /// - Returns: the exit status.
  public static func main() -> Int32 {
    // A reader of the output that goes away must not kill a command that is changing files: writing
    // fails instead, and the command ends in order.
    signal(SIGPIPE, SIG_IGN)
    OutputPlace.clearOnSignals()
    return run(Array(CommandLine.arguments.dropFirst()), on: .ofProcess()).rawValue
  }

  /// Runs with the given arguments, the program's name left out.
  package static func run(_ arguments: [String], on terminal: Terminal) -> ExitStatus {
    do {
      do {
        var command = try RootCommand.parseAsRoot(arguments)
        var status = ExitStatus.success
        if let command = command as? any TerminalCommand {
          status = try command.run(on: terminal)
        } else {
          try command.run()
        }
        try terminal.output.flush()
        return status
      } catch let error as OutputError {
        throw error
      } catch {
        let isJSON = arguments.prefix { $0 != "--" }.contains("--json")
        let status = try tell(error, asJSON: isJSON, on: terminal)
        try terminal.output.flush()
        return status
      }
    } catch {
      guard case .failed(let errno)? = error as? OutputError else { return .closedPipe }
      // What is kept of the output has been given up: this goes to the messages only.
      try? terminal.note("write failed (\("\(errno)".lowercased())): standard output")
      return .failed
    }
  }

  private static func tell(
    _ error: any Error, asJSON: Bool, on terminal: Terminal
  ) throws -> ExitStatus {
    if let error = error as? CheckpointError {
      if asJSON {
        try terminal.print(["error": ErrorReport.json(error)])
      } else {
        try terminal.note(ErrorReport.line(error))
      }
      return ExitStatus(error)
    }
    // What is left is ArgumentParser's: help, version, completion scripts; wrong usage.
    let text = RootCommand.fullMessage(for: error, columns: terminal.outputWidth ?? 100)
    guard RootCommand.exitCode(for: error) != .success else {
      try terminal.print(text)
      return .success
    }
    if asJSON {
      let message = RootCommand.message(for: error)
      try terminal.print(["error": ErrorReport.json(code: "usage", message: message)])
    } else {
      try? terminal.messages.write(text + "\n")
    }
    return .usage
  }
}
